#include "walk.h"

static size_t step(const struct framing *framing, struct framing_state *state, const uint8_t *p, size_t n,
		   uint64_t offered)
{
	const struct framing_class *class = framing->class;
	uint8_t parser = state->parser;
	size_t used;

	if (framing_begins_tls(framing, state, p)) {
		framing_become_tls(state);
		return 0;
	}
	used = class->advance(framing, state, p, n, offered);
	if (class->whole && !state->inside && !state->desync && state->parser == parser && used < n)
		used += class->whole(framing, state, p + used, n - used);
	return used;
}

void framing_feed_each(const struct framing *framing, struct framing_state *state, const uint8_t *p, size_t n,
		       uint64_t offered)
{
	uint8_t parser = state->parser;

	while (n && !state->desync && state->parser == parser) {
		size_t used = step(framing, state, p, n, offered);

		p += used;
		n -= used;
		offered -= used;
	}
	if (n && !state->desync)
		framing_feed_on(state, p, n, offered);
}
