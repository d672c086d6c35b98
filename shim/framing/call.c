#include "walk.h"

/* Every write call is a message; what the kernel left of it is too, when the program writes it later. */

static size_t advance(const struct framing *framing, struct framing_state *state, const uint8_t *p, size_t n,
		      uint64_t offered)
{
	size_t used;

	(void)framing;
	(void)p;
	if (!state->left)
		state->left = offered;
	used = walk_payload(state, n);
	if (!state->left)
		walk_end_message(state);
	return used;
}

static void feed(const struct framing *framing, struct framing_state *state, const uint8_t *p, size_t n,
		 uint64_t offered)
{
	while (n) {
		size_t used = advance(framing, state, p, n, offered);

		n -= used;
		offered -= used;
	}
}

/* Nothing here looks at the bytes. */
static uint64_t skip(const struct framing *framing, struct framing_state *state, uint64_t n, uint64_t offered)
{
	uint64_t used = 0;

	while (used < n)
		used += advance(framing, state, NULL, (size_t)(n - used), offered - used);
	return used;
}

const struct framing_class framing_call = {
    .name = "call", .advance = advance, .feed = feed, .stays = true, .skip = skip, .counts_rest = true};
