#ifndef POISONSHIM_FRAMING_DELIMITER_H
#define POISONSHIM_FRAMING_DELIMITER_H

#include "framing.h"

/* Fills in what is computed from the delimiters. */
void delimiters_prepare(struct framing *framing);

#endif
