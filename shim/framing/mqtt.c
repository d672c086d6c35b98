#include "walk.h"

/* MQTT 5.0, section 2.1 (and 3.1.1): a byte of type and flags, a length of 1 to 4 bytes with 7 bits each, low
 * bits first. The first packet of a client is CONNECT, that of a server CONNACK (or AUTH, before it). */

enum { CONNECT = 1, CONNACK = 2, PUBLISH = 3, PUBREL = 6, SUBSCRIBE = 8, UNSUBSCRIBE = 10, AUTH = 15 };

#define LENGTH_MAX 4
#define QOS_RESERVED 6
#define DUPLICATE 8 /* MQTT 3.1 marks what is sent again: 3.8, 3.10, 3.6 */

enum { FIRST, LATER };

static bool has_flags(uint8_t byte)
{
	uint8_t type = byte >> 4, flags = byte & 0xf;

	switch (type) {
	case 0:
		return false;
	case PUBLISH:
		return (flags & QOS_RESERVED) != QOS_RESERVED;
	case PUBREL:
	case SUBSCRIBE:
	case UNSUBSCRIBE:
		return (flags & ~DUPLICATE) == 2;
	default:
		return flags == 0;
	}
}

/* Where nobody said which side the program is, it may be either. */
static bool may_come(const struct framing_state *state, uint8_t byte)
{
	uint8_t type = byte >> 4;

	if (!has_flags(byte))
		return false;
	return state->phase == LATER || type == CONNECT || type == CONNACK || type == AUTH;
}

static uint64_t length_of(const struct framing_state *state)
{
	uint64_t value = 0;

	for (size_t i = 1; i < state->have; i++)
		value |= (uint64_t)(state->head[i] & 0x7f) << 7 * (i - 1);
	return value;
}

static size_t header(const struct framing *framing, struct framing_state *state, const uint8_t *p, size_t n)
{
	size_t used, have;
	uint64_t total;

	if (!state->have && !may_come(state, *p))
		return walk_desync(state);
	used = walk_header(state, p, n, state->have + 1U, 0);
	have = state->have;
	if (have == 1)
		return used;
	if (state->head[have - 1] & 0x80)
		return have > LENGTH_MAX ? walk_desync(state) : used;
	total = have + length_of(state);
	if (walk_exceeds(framing, total))
		return walk_desync(state);
	state->phase = LATER;
	walk_begin_frame(state, total, have);
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
	uint64_t value;
	size_t bytes = walk_varint(p + 1, n - 1, LENGTH_MAX, &value);

	if (!bytes || state->phase != LATER || !has_flags(*p))
		return 0;
	return walk_allowed(framing, 1 + bytes + value);
}

WALK_WHOLE(feed, whole, look)

const struct framing_class framing_mqtt = {.name = "mqtt", .advance = advance, .feed = feed, .whole = whole};
