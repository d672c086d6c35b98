#ifndef POISONSHIM_FRAMING_LENGTH_FIELD_H
#define POISONSHIM_FRAMING_LENGTH_FIELD_H

#include "framing.h"

#define LENGTH_FIELD_HEADER_MAX 65535

/* Fills in what is computed from the other fields. False if what it needs of the header lies more than
 * FRAMING_HEAD_MAX bytes before the header's end, or the header is longer than LENGTH_FIELD_HEADER_MAX. */
bool length_field_prepare(struct framing *framing);

#endif
