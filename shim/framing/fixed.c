#include "walk.h"

/* Messages of framing->fixed bytes each. */

static size_t advance(const struct framing *framing, struct framing_state *state, const uint8_t *p, size_t n,
		      uint64_t offered)
{
	size_t used;

	(void)p;
	(void)offered;
	if (!state->left)
		state->left = framing->fixed;
	used = walk_payload(state, n);
	if (!state->left)
		walk_end_message(state);
	return used;
}

static void feed(const struct framing *framing, struct framing_state *state, const uint8_t *p, size_t n,
		 uint64_t offered)
{
	uint64_t position = state->sent + n;

	(void)p;
	(void)offered;
	if (position >= framing->fixed) {
		state->messages += (uint32_t)(position / framing->fixed);
		position %= framing->fixed;
	}
	state->sent = position;
	state->left = position ? framing->fixed - position : 0;
	state->inside = position != 0;
}

const struct framing_class framing_fixed = {.name = "fixed", .advance = advance, .feed = feed, .stays = true};
