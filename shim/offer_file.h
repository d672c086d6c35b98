#ifndef POISONSHIM_OFFER_FILE_H
#define POISONSHIM_OFFER_FILE_H

#include "offer.h"

/* The halves of offer.h for bytes that are not in the program's memory: OFFER_FILE and OFFER_UNSEEN. */

enum offer_fed offer_file_feed(const struct offer *offer, uint64_t accepted, const struct profile *profile,
			       struct framing_state *state);
size_t offer_file_copy(const struct offer *offer, uint64_t skip, uint8_t *bytes, size_t size);
uint64_t offer_file_measure(const struct offer *offer);
bool offer_file_begins_with(const struct offer *offer, const uint8_t *bytes, size_t length);

#endif
