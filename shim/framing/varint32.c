#include "walk.h"

/* framing->varint_offset bytes, a protobuf varint (1 to 5 bytes, 7 bits each, low bits first), as many bytes
 * as it says. A varint that does not fit 32 bits is a desync. */

#define VARINT_MAX 5

static bool read_varint(const uint8_t *bytes, size_t length, uint64_t *value)
{
	*value = 0;
	for (size_t i = 0; i < length; i++)
		*value |= (uint64_t)(bytes[i] & 0x7f) << 7 * i;
	return *value <= UINT32_MAX;
}

static bool begin(const struct framing *framing, struct framing_state *state)
{
	size_t header = state->have;
	uint64_t value;

	if (!read_varint(state->head, header - framing->varint_offset, &value))
		return false;
	if (walk_exceeds(framing, header + value))
		return false;
	walk_begin_frame(state, header + value, header);
	return true;
}

static size_t header(const struct framing *framing, struct framing_state *state, const uint8_t *p, size_t n)
{
	size_t offset = framing->varint_offset;
	size_t need = state->have < offset ? offset : state->have + 1U;
	size_t used = walk_header(state, p, n, need, offset);
	size_t length = state->have > offset ? state->have - offset : 0;

	if (length && !(state->head[length - 1] & 0x80) && !begin(framing, state))
		return walk_desync(state);
	if (length == VARINT_MAX && state->have)
		return walk_desync(state);
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
	size_t offset = framing->varint_offset, bytes;
	uint64_t value;

	(void)state;
	bytes = n < offset ? 0 : walk_varint(p + offset, n - offset, VARINT_MAX, &value);
	return bytes && value <= UINT32_MAX ? walk_allowed(framing, offset + bytes + value) : 0;
}

WALK_WHOLE(feed, whole, look)

const struct framing_class framing_varint32 = {
    .name = "varint32", .advance = advance, .feed = feed, .whole = whole};
