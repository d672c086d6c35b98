#ifndef POISONSHIM_TESTS_FRAMING_INVARIANTS_H
#define POISONSHIM_TESTS_FRAMING_INVARIANTS_H

#include "../../shim/framing/framing.h"

/* What must hold for every framing, whatever the bytes. What does not is said, and the process aborted. */

/* Says what does not hold of the framing. */
void invariant_broken(const char *what, const char *framing);

/* Feeds stream[0..length) in pieces, each in a block of memory of its own size, so that a sanitizer sees a
 * read beyond it. `next` chooses the length of the next piece, 0 to what is left. */
struct framing_state feed_in_pieces(const struct framing *framing, struct framing_state state,
				    const uint8_t *stream, size_t length, size_t (*next)(void *, size_t left),
				    void *closure);

/* Two ways to feed the same bytes must have come to the same. */
void same_state(const struct framing *framing, const struct framing_state *a, const struct framing_state *b);

#endif
