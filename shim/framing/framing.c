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

/* A frame may end in a trailer (struct length_field). */
#define LAST_BYTES 8

uint64_t framing_skip_payload(struct framing_state *state, uint64_t n)
{
	uint64_t unseen = state->left > LAST_BYTES ? state->left - LAST_BYTES : 0;

	if (n > unseen)
		n = unseen;
	state->left -= n;
	state->sent += n;
	return n;
}

uint64_t framing_skip(const struct framing *framing, struct framing_state *state, uint64_t n,
		      uint64_t offered)
{
	if (framing->class->skip)
		return framing->class->skip(framing, state, n, offered);
	return framing_skip_payload(state, n);
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
