#include "presets.h"
#include "walk.h"

/* RFC 9113. A message is a frame; a header block is one message from its HEADERS or PUSH_PROMISE to the frame
 * with END_HEADERS, because nothing may come between. The client's preface is a message of its own. The first
 * frame of either side must be SETTINGS. */

enum { START, PREFACE, SETTINGS_FIRST, FRAMES };

enum { TYPE_HEADERS = 1, TYPE_SETTINGS = 4, TYPE_PUSH_PROMISE = 5, TYPE_CONTINUATION = 9 };

#define FRAME_HEADER 9
#define STREAM 5 /* where the stream's number stands in it */
#define STREAM_LENGTH 4
#define END_HEADERS 0x4
#define RESERVED_BIT 0x80

static const uint8_t preface[] = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
#define PREFACE_LENGTH (sizeof(preface) - 1)

static size_t take_preface(struct framing_state *state, const uint8_t *p, size_t n)
{
	size_t have = state->have;
	size_t take = n < PREFACE_LENGTH - have ? n : PREFACE_LENGTH - have;

	if (memcmp(p, preface + have, take) != 0)
		return walk_desync(state);
	state->have = (uint16_t)(have + take);
	if (state->have == PREFACE_LENGTH) {
		state->have = 0;
		state->phase = SETTINGS_FIRST;
	}
	return walk_sent(state, take);
}

/* RFC 9113, section 6.10: nothing but CONTINUATION of the same stream may follow inside a header block. The
 * block's stream is kept behind the current header. */
static bool goes_on(const struct framing_state *state, const uint8_t *head)
{
	return head[3] == TYPE_CONTINUATION &&
	       memcmp(head + STREAM, state->head + FRAME_HEADER, STREAM_LENGTH) == 0;
}

static bool is_in_order(const struct framing_state *state, const uint8_t *head)
{
	if (head[5] & RESERVED_BIT)
		return false;
	if (state->phase == SETTINGS_FIRST)
		return head[3] == TYPE_SETTINGS;
	return state->more ? goes_on(state, head) : head[3] != TYPE_CONTINUATION;
}

static bool opens_block(const uint8_t *head)
{
	return (head[3] == TYPE_HEADERS || head[3] == TYPE_PUSH_PROMISE || head[3] == TYPE_CONTINUATION) &&
	       !(head[4] & END_HEADERS);
}

static size_t take_header(const struct framing *framing, struct framing_state *state, const uint8_t *p,
			  size_t n)
{
	size_t used = walk_header(state, p, n, FRAME_HEADER, 0);
	uint64_t total;

	if (state->have < FRAME_HEADER)
		return used;
	total = FRAME_HEADER + walk_number(state->head, 3, false);
	if (!is_in_order(state, state->head) || walk_exceeds(framing, total))
		return walk_desync(state);
	state->phase = FRAMES;
	state->more = opens_block(state->head);
	state->watch = state->more && !framing->frames;
	memcpy(state->head + FRAME_HEADER, state->head + STREAM, STREAM_LENGTH);
	walk_begin_frame(state, total, FRAME_HEADER);
	return used;
}

static size_t header(const struct framing *framing, struct framing_state *state, const uint8_t *p, size_t n)
{
	if (state->phase == START)
		state->phase = *p == preface[0] ? PREFACE : SETTINGS_FIRST;
	if (state->phase == PREFACE)
		return take_preface(state, p, n);
	return take_header(framing, state, p, n);
}

static size_t advance(const struct framing *framing, struct framing_state *state, const uint8_t *p, size_t n,
		      uint64_t offered)
{
	(void)offered;
	/* Later a frame of more than 1.3 MiB begins so. */
	if (state->phase == START && *p == TLS_HANDSHAKE && framing->sniffs_tls) {
		framing_become(state, PRESET_TLS);
		return 0;
	}
	return walk_frames(framing, state, p, n, header, walk_plain_payload);
}

static ALWAYS_INLINE uint64_t look(const struct framing *framing, const struct framing_state *state,
				   const uint8_t *p, size_t n)
{
	if (n < FRAME_HEADER || state->phase != FRAMES || p[3] == TYPE_CONTINUATION || opens_block(p) ||
	    p[STREAM] & RESERVED_BIT)
		return 0;
	return walk_allowed(framing, FRAME_HEADER + walk_number(p, 3, false));
}

WALK_WHOLE(feed, whole, look)

/* Of what is no frame header at all nobody can tell what it begins. */
static bool abandons(const struct framing *framing, const struct framing_state *state, const uint8_t *p,
		     size_t n)
{
	(void)framing;
	return !state->left && !state->have && n >= FRAME_HEADER && p[3] <= TYPE_CONTINUATION &&
	       !(p[STREAM] & RESERVED_BIT) && !goes_on(state, p);
}

const struct framing_class framing_http2 = {.name = "http2",
					    .advance = advance,
					    .feed = feed,
					    .whole = whole,
					    .abandons = abandons,
					    .finds_tls = true};
