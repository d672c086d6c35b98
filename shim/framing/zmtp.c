#include "walk.h"

/* ZeroMQ's wire: ZMTP 3, 2 and 1, rfc.zeromq.org 23, 15 and 13 and libzmq's zmtp_engine.cpp. The greeting is
 * one message, in ZMTP 2 and 1 with the routing id behind it; then a message is its frames up to the one
 * without MORE. A COMMAND is a message of its own, but one between the frames of a message belongs to that
 * message. */

enum { GREETING, FRAMES_2, FRAMES_1 };

enum { MORE = 1, LONG = 2, COMMAND = 4, FLAGS = 7 };

#define SIGNATURE 10	  /* ff, 8 bytes, 7f; the first bytes of every greeting */
#define SHORT_GREETING 12 /* ZMTP 2: signature, 3, socket type */
#define LONG_GREETING 64  /* ZMTP 3: signature, 3, minor version, mechanism... */
#define REVISION 3	  /* what libzmq >= 4 sends to every peer that has a version */
#define LONG_FRAME_1 0xff

static size_t end_greeting(struct framing_state *state, uint8_t phase, uint64_t left)
{
	state->phase = phase;
	state->have = 0;
	state->left = left;
	return 0;
}

/* An old peer without a version: the signature was the header of a ZMTP 1 frame. Its length counts the byte
 * that looked like the signature's end. */
static size_t end_unversioned(struct framing_state *state)
{
	uint64_t length = walk_number(state->head + 1, 8, false);

	if (length == 0 || length > INT64_MAX)
		return walk_desync(state);
	return end_greeting(state, FRAMES_1, length - 1);
}

/* That it was a short one shows only in the frame that follows. */
static size_t end_short(struct framing_state *state, uint8_t phase)
{
	state->more = MORE;
	return end_greeting(state, phase, 0);
}

/* Looks at one byte of the greeting. Which greeting it is shows only in the byte behind the shortest. */
static size_t greeting(struct framing_state *state, const uint8_t *p)
{
	uint8_t byte = *p;

	if ((state->have == 0 && byte != 0xff) || (state->have == SIGNATURE - 1 && byte != 0x7f))
		return walk_desync(state);
	if (state->have == SIGNATURE && byte != REVISION)
		return end_unversioned(state);
	if (state->have < SHORT_GREETING)
		return walk_header(state, p, 1, state->have + 1U, 0);
	if (byte >= 'A' && byte <= 'Z')
		return end_greeting(state, FRAMES_2, LONG_GREETING - SHORT_GREETING);
	return end_short(state, byte == 0 ? FRAMES_2 : FRAMES_1);
}

/* Flags, then a length of 1 or 8 bytes. */
static size_t header_length_2(const struct framing_state *state)
{
	if (state->have == 0)
		return 1;
	return state->head[0] & LONG ? 9 : 2;
}

static bool begin_frame_2(struct framing_state *state)
{
	size_t length = state->have;
	uint8_t flags = state->head[0];

	if (flags & ~FLAGS || (flags & (MORE | COMMAND)) == (MORE | COMMAND))
		return false;
	if (!(flags & COMMAND))
		state->more = flags & MORE;
	walk_begin_frame(state, length + walk_number(state->head + 1, length - 1, false), length);
	return true;
}

/* A length of 1 byte, or ff and 8 bytes; then flags, which the length counts. */
static size_t header_length_1(const struct framing_state *state)
{
	if (state->have == 0)
		return 1;
	return state->head[0] == LONG_FRAME_1 ? 10 : 2;
}

static bool begin_frame_1(struct framing_state *state)
{
	size_t length = state->have - 1U;
	uint64_t value = length == 1 ? state->head[0] : walk_number(state->head + 1, 8, false);

	if (value == 0)
		return false;
	state->more = state->head[length] & MORE;
	walk_begin_frame(state, length + value, length + 1);
	return true;
}

static bool begin_frame(const struct framing *framing, struct framing_state *state)
{
	size_t header = state->have;
	bool valid = state->phase == FRAMES_2 ? begin_frame_2(state) : begin_frame_1(state);

	if (!valid || state->left > INT64_MAX)
		return false;
	return !walk_exceeds(framing, header + state->left);
}

static size_t header(const struct framing *framing, struct framing_state *state, const uint8_t *p, size_t n)
{
	size_t (*length)(const struct framing_state *) =
	    state->phase == FRAMES_2 ? header_length_2 : header_length_1;
	size_t used;

	if (state->phase == GREETING)
		return greeting(state, p);
	used = walk_header(state, p, n, length(state), 0);
	if (state->have == length(state) && !begin_frame(framing, state))
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
	size_t header = *p & LONG ? 9 : 2;
	uint64_t length;

	if (n < header || state->phase != FRAMES_2 || *p & ~(LONG | COMMAND))
		return 0;
	length = header == 2 ? p[1] : walk_number(p + 1, 8, false);
	return length > INT64_MAX ? 0 : walk_allowed(framing, header + length);
}

WALK_WHOLE(feed, whole, look)

const struct framing_class framing_zmtp = {.name = "zmtp", .advance = advance, .feed = feed, .whole = whole};
