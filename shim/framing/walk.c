#include "walk.h"

void framing_feed_each(const struct framing *framing, struct framing_state *state, const uint8_t *p, size_t n,
		       uint64_t offered)
{
	while (n && !state->desync) {
		size_t used = framing->class->advance(framing, state, p, n, offered);

		p += used;
		n -= used;
		offered -= used;
	}
}
