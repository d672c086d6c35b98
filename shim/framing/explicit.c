#include "presets.h"
#include "walk.h"

/* The program says where its messages begin and end (poisonshim.h); state->phase is 1 in between. Outside of
 * them a call is a message. */

static size_t advance(const struct framing *framing, struct framing_state *state, const uint8_t *p, size_t n,
		      uint64_t offered)
{
	return state->phase ? walk_sent(state, n) : framing_call.advance(framing, state, p, n, offered);
}

static void feed(const struct framing *framing, struct framing_state *state, const uint8_t *p, size_t n,
		 uint64_t offered)
{
	if (!state->phase)
		framing_call.feed(framing, state, p, n, offered);
	else if (n)
		walk_sent(state, n);
}

/* Nothing here looks at the bytes. */
static uint64_t skip(const struct framing *framing, struct framing_state *state, uint64_t n, uint64_t offered)
{
	if (!state->phase)
		return framing_call.skip(framing, state, n, offered);
	return n ? walk_sent(state, (size_t)n) : 0;
}

const struct framing_class framing_explicit = {
    .name = "explicit", .advance = advance, .feed = feed, .stays = true, .skip = skip, .counts_rest = true};
