#include "framing.h"

#include "walk.h"

void framing_feed(const struct framing *framing, struct framing_state *state, const uint8_t *p, size_t n,
		  uint64_t offered)
{
	if (framing->class->feed && !state->desync)
		framing->class->feed(framing, state, p, n, offered);
	else
		framing_feed_each(framing, state, p, n, offered);
}

size_t framing_first_boundary(const struct framing *framing, const struct framing_state *state,
			      const uint8_t *p, size_t n, uint64_t offered)
{
	struct framing_state copy = *state;
	size_t used;

	if (n == 0 || copy.desync)
		return n;
	used = framing->class->advance(framing, &copy, p, n, offered);
	return copy.desync ? n : used;
}

uint64_t framing_message_length(const struct framing_state *state)
{
	return state->left ? state->sent + state->left : 0;
}
