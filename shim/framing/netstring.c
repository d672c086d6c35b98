#include "counted.h"

/* D. J. Bernstein's netstrings: length ":" bytes ",". */

static size_t header(const struct framing *framing, struct framing_state *state, const uint8_t *p, size_t n)
{
	(void)n;
	return counted_header(framing, state, *p, ':', 1);
}

/* The comma is the last byte. */
static size_t payload(const struct framing *framing, struct framing_state *state, const uint8_t *p, size_t n)
{
	size_t used = walk_payload(state, n);

	(void)framing;
	return state->left || p[used - 1] == ',' ? used : walk_desync(state);
}

static size_t advance(const struct framing *framing, struct framing_state *state, const uint8_t *p, size_t n,
		      uint64_t offered)
{
	(void)offered;
	return walk_frames(framing, state, p, n, header, payload);
}

static ALWAYS_INLINE uint64_t look(const struct framing *framing, const struct framing_state *state,
				   const uint8_t *p, size_t n)
{
	uint64_t total;

	(void)state;
	if (!counted_total(p, n, ':', &total) || total >= n || p[total] != ',')
		return 0;
	return walk_allowed(framing, total + 1);
}

WALK_WHOLE(feed, whole, look)

const struct framing_class framing_netstring = {
    .name = "netstring", .advance = advance, .feed = feed, .whole = whole};
