#ifndef POISONSHIM_OFFER_FILE_H
#define POISONSHIM_OFFER_FILE_H

#include "offer.h"

/* Where sendfile will read: from `in`, at the offset that the program passes (of that many bytes; it may be
 * garbage), or where the file stands if it passes none. Returns how many of `count` bytes are there: at the
 * end of the file the kernel sends fewer than asked, and that is no short write. */
size_t offer_file_find(struct offer_file *file, int in, const void *offset, size_t offset_size, size_t count);

/* The halves of offer.h for bytes that are not in the program's memory: OFFER_FILE and OFFER_UNSEEN. */

enum offer_fed offer_file_feed(const struct offer *offer, uint64_t accepted, const struct profile *profile,
			       struct framing_state *state);
size_t offer_file_copy(const struct offer *offer, uint64_t skip, uint8_t *bytes, size_t size);
bool offer_file_begins_with(const struct offer *offer, const uint8_t *bytes, size_t length);

#endif
