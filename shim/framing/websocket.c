#include "walk.h"

/* RFC 6455, section 5. A message is its frames up to the one with FIN; control frames may stand between them,
 * and are messages of their own elsewhere. Who writes masked frames is a client; a server must not. A client
 * that does not from the first frame on may be one by default (DESIGN.md, FRAMING.md), or know that its
 * server does not mind. */

enum { UNKNOWN, MASKED, PLAIN };

enum { CONTINUATION, TEXT, BINARY, CLOSE = 8, PONG = 10 };

#define FIN 0x80
#define RSV1 0x40 /* RFC 7692: the message is compressed */
#define RSV2_RSV3 0x30
#define OPCODE 0x0f
#define MASK 0x80
#define LENGTH 0x7f
#define LENGTH_16 126
#define LENGTH_64 127
#define CONTROL_MAX 125
#define KEY 4

static bool is_control(uint8_t first)
{
	return first & 8;
}

static bool is_possible(const struct framing_state *state, uint8_t first)
{
	uint8_t opcode = first & OPCODE;

	if (first & RSV2_RSV3)
		return false;
	if (is_control(first))
		return opcode <= PONG && (first & (FIN | RSV1)) == FIN;
	return opcode <= BINARY && (opcode == CONTINUATION) == state->more;
}

static bool is_masked_rightly(const struct framing_state *state, uint8_t second)
{
	if (state->server)
		return !(second & MASK);
	return state->phase == UNKNOWN || (state->phase == MASKED) == !!(second & MASK);
}

static bool are_possible(const struct framing_state *state, uint8_t first, uint8_t second)
{
	return is_possible(state, first) && is_masked_rightly(state, second) &&
	       (!is_control(first) || (second & LENGTH) <= CONTROL_MAX);
}

static size_t length_bytes(uint8_t second)
{
	if ((second & LENGTH) < LENGTH_16)
		return 0;
	return (second & LENGTH) == LENGTH_16 ? 2 : 8;
}

static size_t header_length(const uint8_t *head, size_t have)
{
	return have < 2 ? 2 : 2 + length_bytes(head[1]) + (head[1] & MASK ? KEY : 0);
}

static uint64_t payload_length(const uint8_t *head)
{
	size_t bytes = length_bytes(head[1]);

	return bytes ? walk_number(head + 2, bytes, false) : head[1] & LENGTH;
}

/* How long it is; 0: it cannot be. */
static uint64_t frame_total(const struct framing *framing, const uint8_t *head, size_t header)
{
	uint64_t length = payload_length(head);

	return length > (uint64_t)INT64_MAX - header ? 0 : walk_allowed(framing, header + length);
}

static uint8_t side_of(const uint8_t *head)
{
	return head[1] & MASK ? MASKED : PLAIN;
}

static bool begin_frame(const struct framing *framing, struct framing_state *state, const uint8_t *head,
			size_t header)
{
	uint64_t total = frame_total(framing, head, header);

	if (!total)
		return false;
	if (!is_control(head[0]))
		state->more = !(head[0] & FIN);
	state->phase = side_of(head);
	state->watch = state->more && !framing->frames;
	walk_begin_frame(state, total, header);
	return true;
}

/* All of the header is in view. */
static size_t whole_header(const struct framing *framing, struct framing_state *state, const uint8_t *p)
{
	size_t header = header_length(p, 2);

	if (!are_possible(state, p[0], p[1]) || !begin_frame(framing, state, p, header))
		return walk_desync(state);
	return walk_sent(state, header);
}

static size_t some_header(const struct framing *framing, struct framing_state *state, const uint8_t *p,
			  size_t n)
{
	size_t used = walk_header(state, p, n, header_length(state->head, state->have), 0), header;

	if ((state->have == 1 && !is_possible(state, state->head[0])) ||
	    (state->have == 2 && !are_possible(state, state->head[0], state->head[1])))
		return walk_desync(state);
	header = header_length(state->head, state->have);
	if (state->have == header && !begin_frame(framing, state, state->head, header))
		return walk_desync(state);
	return used;
}

static size_t take_header(const struct framing *framing, struct framing_state *state, const uint8_t *p,
			  size_t n)
{
	if (state->have == 0 && n >= 2 && n >= header_length(p, 2))
		return whole_header(framing, state, p);
	return some_header(framing, state, p, n);
}

static size_t advance(const struct framing *framing, struct framing_state *state, const uint8_t *p, size_t n,
		      uint64_t offered)
{
	(void)offered;
	return walk_frames(framing, state, p, n, take_header, walk_plain_payload);
}

static ALWAYS_INLINE uint64_t look(const struct framing *framing, const struct framing_state *state,
				   const uint8_t *p, size_t n)
{
	size_t header = n < 2 ? 2 : header_length(p, 2);

	if (n < header || !(p[0] & FIN) || state->phase != side_of(p) || !are_possible(state, p[0], p[1]))
		return 0;
	return frame_total(framing, p, header);
}

WALK_WHOLE(feed, whole, look)

/* Section 5.4: between the frames of a message may stand control frames, but no other message's. */
static bool abandons(const struct framing *framing, const struct framing_state *state, const uint8_t *p,
		     size_t n)
{
	(void)framing;
	return !state->left && !state->have && n >= 2 && !(p[0] & RSV2_RSV3) &&
	       ((p[0] & OPCODE) == TEXT || (p[0] & OPCODE) == BINARY) && is_masked_rightly(state, p[1]);
}

const struct framing_class framing_websocket = {
    .name = "websocket",
    .advance = advance,
    .feed = feed,
    .whole = whole,
    .abandons = abandons,
    .interleaves = true,
};
