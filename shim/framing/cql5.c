#include "presets.h"
#include "walk.h"

/* Cassandra's native protocol 5, native_protocol_v5.spec. Envelopes as in version 4 until the client has sent
 * STARTUP and the server READY or AUTHENTICATE; from then on frames, each a header with a checksum, a payload
 * and another checksum. A frame with whole envelopes is a message; an envelope of several frames is one too,
 * with the frames of whole envelopes that servers accept among them (AbstractMessageHandler). Which of two
 * headers they have was agreed on (lz4): its checksum tells. */

enum { START, FIRST_FRAME, FRAMES, LZ4_FRAMES };

enum { WHOLE, UNFINISHED, BEGINNING }; /* state->more: an envelope, its header not yet seen */

#define ENVELOPE_HEADER 9
#define FRAME_HEADER 6
#define LZ4_HEADER 8
#define CRC24 3
#define CRC32 4
#define LENGTH_BITS 17

#define VERSION 5
#define ANSWER_BIT 0x80
#define ENVELOPE_MAX (UINT32_C(1) << 30)

enum { ERROR, STARTUP, READY, AUTHENTICATE, OPTIONS = 5, SUPPORTED };

enum lz4_step { TOKEN, LITERALS_MORE, LITERALS, OFFSET_LOW, OFFSET_HIGH };

/* What is kept of a frame, and of the envelope that it begins. */
struct cql5 {
	uint8_t header[LZ4_HEADER];
	uint8_t envelope[ENVELOPE_HEADER]; /* as much as is known */
	uint8_t known;
	uint8_t step; /* of the decompression that makes it known */
	uint8_t literals, match, offset;
	uint8_t unused[2];
};

_Static_assert(sizeof(struct cql5) == FRAMING_HEAD_MAX, "it lies over framing_state.head");

static struct cql5 *cql5_of(struct framing_state *state)
{
	return (struct cql5 *)state->head;
}

static uint32_t crc24(const uint8_t *p, size_t n)
{
	uint32_t crc = 0x875060;

	for (const uint8_t *end = p + n; p < end; p++) {
		crc ^= (uint32_t)*p << 16;
		for (unsigned bit = 0; bit < 8; bit++)
			crc = crc << 1 ^ (crc & 0x800000 ? 0x1974f0b : 0);
	}
	return crc;
}

/* A header of that length. */
static bool is_header(const uint8_t *p, size_t length)
{
	return crc24(p, length - CRC24) == walk_number(p + length - CRC24, CRC24, true);
}

static uint32_t length_of(const uint8_t *header)
{
	return (uint32_t)walk_number(header, 3, true) & ((1U << LENGTH_BITS) - 1);
}

/* 0 if the payload is not compressed. */
static uint32_t raw_length_of(const uint8_t *header, uint8_t phase)
{
	if (phase == FRAMES)
		return 0;
	return (uint32_t)(walk_number(header, 5, true) >> LENGTH_BITS) & ((1U << LENGTH_BITS) - 1);
}

static bool is_self_contained(const uint8_t *header, uint8_t phase)
{
	unsigned bit = phase == FRAMES ? LENGTH_BITS : 2 * LENGTH_BITS;

	return walk_number(header, phase == FRAMES ? 3 : 5, true) >> bit & 1;
}

/* How many bytes of envelopes are in the frame. */
static uint32_t content_of(const struct framing_state *state)
{
	uint32_t raw = raw_length_of(state->head, state->phase);

	return raw ? raw : length_of(state->head);
}

/* Behind a frame's payload, in the place of the envelope's first bytes. */
static uint32_t missing_of(const struct framing_state *state)
{
	return (uint32_t)walk_number(state->head + LZ4_HEADER, 4, true);
}

/* `missing` bytes of the envelope are in later frames. */
static void set_missing(const struct framing *framing, struct framing_state *state, uint32_t missing)
{
	for (unsigned i = 0; i < 4; i++)
		state->head[LZ4_HEADER + i] = (uint8_t)(missing >> 8 * i);
	state->more = missing ? UNFINISHED : WHOLE;
	state->watch = missing && state->server && !framing->frames;
}

/* Takes a byte of the envelope's header; the last one tells its length. */
static bool take_envelope_byte(const struct framing *framing, struct framing_state *state, uint8_t byte)
{
	struct cql5 *cql5 = cql5_of(state);
	uint32_t total, content = content_of(state);

	cql5->envelope[cql5->known++] = byte;
	if (cql5->known < ENVELOPE_HEADER)
		return true;
	total = ENVELOPE_HEADER + (uint32_t)walk_number(cql5->envelope + 5, 4, false);
	if ((cql5->envelope[0] & ~ANSWER_BIT) != VERSION || total > ENVELOPE_MAX || total < content)
		return false;
	set_missing(framing, state, total - content);
	return true;
}

static bool is_beginning(const struct framing_state *state)
{
	return state->more == BEGINNING;
}

/* A match of LZ4: bytes that were there before, again. */
static bool copy_match(const struct framing *framing, struct framing_state *state)
{
	struct cql5 *cql5 = cql5_of(state);
	unsigned count = cql5->match + 4U;

	if (cql5->offset == 0 || cql5->offset > cql5->known)
		return false;
	while (count-- && is_beginning(state))
		if (!take_envelope_byte(framing, state, cql5->envelope[cql5->known - cql5->offset]))
			return false;
	return true;
}

static void take_token(struct cql5 *cql5, uint8_t byte)
{
	cql5->literals = byte >> 4;
	cql5->match = byte & 15;
	cql5->step = OFFSET_LOW;
	if (cql5->literals)
		cql5->step = cql5->literals == 15 ? LITERALS_MORE : LITERALS;
}

/* LZ4's block format, as far as it takes to see an envelope's header. 15 and more are more than that has. */
static bool decompress(const struct framing *framing, struct framing_state *state, uint8_t byte)
{
	struct cql5 *cql5 = cql5_of(state);

	switch (cql5->step) {
	case TOKEN:
		take_token(cql5, byte);
		return true;
	case LITERALS_MORE:
		cql5->step = byte == 255 ? LITERALS_MORE : LITERALS;
		return true;
	case LITERALS:
		cql5->step = --cql5->literals ? LITERALS : OFFSET_LOW;
		return take_envelope_byte(framing, state, byte);
	case OFFSET_LOW:
		cql5->offset = byte;
		cql5->step = OFFSET_HIGH;
		return true;
	default:
		cql5->step = TOKEN;
		return byte == 0 && copy_match(framing, state);
	}
}

static size_t payload(const struct framing *framing, struct framing_state *state, const uint8_t *p, size_t n)
{
	bool valid;

	if (!is_beginning(state))
		return walk_payload(state, n);
	if (state->left <= CRC32)
		return walk_desync(state);
	if (raw_length_of(state->head, state->phase))
		valid = decompress(framing, state, *p);
	else
		valid = take_envelope_byte(framing, state, *p);
	return valid ? walk_payload(state, 1) : walk_desync(state);
}

/* An envelope of several frames begins, or goes on. */
static bool begin_part(const struct framing *framing, struct framing_state *state)
{
	if (!state->more) {
		memset(state->head + LZ4_HEADER, 0, FRAMING_HEAD_MAX - LZ4_HEADER);
		state->more = BEGINNING;
		return true;
	}
	if (content_of(state) > missing_of(state))
		return false;
	set_missing(framing, state, missing_of(state) - content_of(state));
	return true;
}

static bool begin_frame(const struct framing *framing, struct framing_state *state)
{
	size_t header = state->have;

	if (!is_header(state->head, header))
		return false;
	state->phase = header == FRAME_HEADER ? FRAMES : LZ4_FRAMES;
	if (!is_self_contained(state->head, state->phase) && !begin_part(framing, state))
		return false;
	walk_begin_frame(state, header + length_of(state->head) + CRC32, header);
	return true;
}

static bool precedes_frames(uint8_t opcode, bool server)
{
	if (server)
		return opcode == ERROR || opcode == READY || opcode == AUTHENTICATE || opcode == SUPPORTED;
	return opcode == STARTUP || opcode == OPTIONS;
}

/* Either side's: which one wrote it, it says itself. */
static bool begin_envelope(struct framing_state *state)
{
	const uint8_t *head = state->head;
	uint64_t total = ENVELOPE_HEADER + walk_number(head + 5, 4, false);
	uint8_t opcode = head[4];

	state->server = head[0] >= ANSWER_BIT;
	if ((head[0] & ~ANSWER_BIT) != VERSION || !precedes_frames(opcode, state->server) ||
	    total > ENVELOPE_MAX)
		return false;
	state->phase = opcode == STARTUP || opcode == READY || opcode == AUTHENTICATE ? FIRST_FRAME : START;
	walk_begin_frame(state, total, ENVELOPE_HEADER);
	return true;
}

static size_t header_length(const struct framing_state *state)
{
	if (state->phase == START)
		return ENVELOPE_HEADER;
	if (state->phase == FIRST_FRAME && state->have >= FRAME_HEADER)
		return is_header(state->head, FRAME_HEADER) ? FRAME_HEADER : LZ4_HEADER;
	return state->phase == LZ4_FRAMES ? LZ4_HEADER : FRAME_HEADER;
}

static size_t header(const struct framing *framing, struct framing_state *state, const uint8_t *p, size_t n)
{
	size_t used = walk_header(state, p, n, header_length(state), 0);
	size_t length = header_length(state);

	if (state->have < length)
		return used;
	if (state->phase == START ? !begin_envelope(state) : !begin_frame(framing, state))
		return walk_desync(state);
	return walk_exceeds(framing, length + state->left) ? walk_desync(state) : used;
}

/* A frame's first byte can be any, an envelope's is its version. */
static bool becomes_another(const struct framing *framing, struct framing_state *state, uint8_t byte)
{
	uint8_t version = byte & (uint8_t)~ANSWER_BIT;

	if (state->phase != START || state->inside)
		return false;
	if (version == 3 || version == 4)
		framing_become(state, PRESET_CQL4);
	else if (byte == 0x16 && framing->sniffs_tls)
		framing_become(state, PRESET_TLS);
	else
		return false;
	return true;
}

static size_t advance(const struct framing *framing, struct framing_state *state, const uint8_t *p, size_t n,
		      uint64_t offered)
{
	(void)offered;
	if (becomes_another(framing, state, *p))
		return 0;
	return walk_frames(framing, state, p, n, header, payload);
}

/* A frame with whole envelopes, between those of a server's one: drivers take it for more of that. */
static bool abandons(const struct framing *framing, const struct framing_state *state, const uint8_t *p,
		     size_t n)
{
	size_t length = header_length(state);

	(void)framing;
	return !state->left && !state->have && n >= length && is_header(p, length) &&
	       is_self_contained(p, state->phase);
}

static uint64_t skip(const struct framing *framing, struct framing_state *state, uint64_t n, uint64_t offered)
{
	(void)framing;
	(void)offered;
	return is_beginning(state) ? 0 : framing_skip_payload(state, n);
}

const struct framing_class framing_cql5 = {.name = "cql5",
					   .advance = advance,
					   .feed = framing_feed_each,
					   .skip = skip,
					   .abandons = abandons,
					   .finds_tls = true};
