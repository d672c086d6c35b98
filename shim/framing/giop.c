#include "walk.h"

/* CORBA's GIOP 1.0 to 1.2 (CORBA 3.3, part 2, section 9.4). Each message says its byte order. From 1.1 on one
 * may go on in Fragment messages; in 1.2 those of several may be mixed, and what ends is told by the last
 * that came. */

#define FRAME_HEADER 12
#define MINOR_MAX 3
#define LITTLE_ENDIAN_FLAG 1
#define MORE_FRAGMENTS 2

enum { FRAGMENT = 7 };

static bool is_valid(const uint8_t *head)
{
	return memcmp(head, "GIOP", 4) == 0 && head[4] == 1 && head[5] <= MINOR_MAX && head[7] <= FRAGMENT;
}

static size_t header(const struct framing *framing, struct framing_state *state, const uint8_t *p, size_t n)
{
	size_t used = walk_header(state, p, n, FRAME_HEADER, 0);
	const uint8_t *head = state->head;
	uint64_t total;

	if (state->have < FRAME_HEADER)
		return used;
	total = FRAME_HEADER + walk_number(head + 8, 4, head[6] & LITTLE_ENDIAN_FLAG);
	if (!is_valid(head) || walk_exceeds(framing, total))
		return walk_desync(state);
	state->more = head[5] > 0 && head[6] & MORE_FRAGMENTS;
	walk_begin_frame(state, total, FRAME_HEADER);
	return used;
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
	(void)state;
	if (n < FRAME_HEADER || !is_valid(p) || (p[5] > 0 && p[6] & MORE_FRAGMENTS))
		return 0;
	return walk_allowed(framing, FRAME_HEADER + walk_number(p + 8, 4, p[6] & LITTLE_ENDIAN_FLAG));
}

WALK_WHOLE(feed, whole, look)

const struct framing_class framing_giop = {
    .name = "giop", .advance = advance, .feed = feed, .whole = whole, .interleaves = true};
