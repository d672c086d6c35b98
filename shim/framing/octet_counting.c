#include "counted.h"

/* Syslog over TCP, RFC 6587, section 3.4.1: MSG-LEN SP SYSLOG-MSG; MSG-LEN begins with a digit above 0. */

static size_t header(const struct framing *framing, struct framing_state *state, const uint8_t *p, size_t n)
{
	(void)n;
	return state->have || *p != '0' ? counted_header(framing, state, *p, ' ', 0) : walk_desync(state);
}

static size_t advance(const struct framing *framing, struct framing_state *state, const uint8_t *p, size_t n,
		      uint64_t offered)
{
	(void)offered;
	return walk_frames(framing, state, p, n, header, walk_plain_payload);
}

static ALWAYS_INLINE uint64_t look(const struct framing *framing, const struct framing_state *state,
				   const uint8_t *p, size_t n)
{
	uint64_t total;

	(void)state;
	return *p != '0' && counted_total(p, n, ' ', &total) ? walk_allowed(framing, total) : 0;
}

WALK_WHOLE(feed, whole, look)

const struct framing_class framing_octet_counting = {
    .name = "octet-counting", .advance = advance, .feed = feed, .whole = whole};
