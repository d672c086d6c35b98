#ifndef POISONSHIM_FRAMING_PREPARE_H
#define POISONSHIM_FRAMING_PREPARE_H

#include "framing.h"

/* Fills in what is computed from a stage's other fields. */
void framing_prepare(struct framing *framing);

#endif
