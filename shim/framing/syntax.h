#ifndef POISONSHIM_FRAMING_SYNTAX_H
#define POISONSHIM_FRAMING_SYNTAX_H

#include "framing.h"

/* What stands between the parentheses of a form; the cursor is behind the opening one and stops at the
 * closing one. */
bool length_field_parse(struct parse *parse, struct framing *framing);
bool delimiters_parse(struct parse *parse, struct framing *framing);

#endif
