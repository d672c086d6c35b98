#include "presets.h"
#include "walk.h"

/* MySQL's and MariaDB's client/server protocol. A packet is length (3 bytes), number, payload; one of ffffff
 * hex bytes goes on in the next, which has the next number. A command begins at number 0. What the handshake
 * agrees on changes what comes behind it: TLS, or compressed packets from the first command on. A server's
 * first packet has number 0, a client's 1: that tells the role. */

enum {
	START,	/* server: the greeting; client: the answer, or a request for TLS */
	ANSWER, /* server: TLS, or a word on the answer */
	LOGIN,	/* server: until OK; client that wants compression: until the first command */
	DECIDE, /* server: the first answer to a command shows whether it is compressed */
	PACKETS,
	COMPRESSED
};

#define HEADER 4
#define COMPRESSED_HEADER 7		   /* and 3 bytes of length without compression, 0: as it is */
#define FULL 0xffffff			   /* the message goes on */
#define NEXT_NUMBER (FRAMING_HEAD_MAX - 1) /* in state->head */

#define PROTOCOL_10 10
#define OK 0
#define ERROR 0xff
#define GREETING_MAX 0xffff
#define SSL_REQUEST_LENGTH 32
#define ANSWER_MIN 5 /* EOF */
#define COUNT_MAX 4  /* how many columns, and a byte */

#define CLIENT_COMPRESS 0x20
#define CLIENT_SSL 0x800
#define CLIENT_ZSTD 0x4000000

static uint32_t length_of(const uint8_t *head)
{
	return (uint32_t)walk_number(head, 3, true);
}

/* How many bytes tell what the packet is, if it has so many. */
static size_t telling(const struct framing_state *state)
{
	if (state->phase == PACKETS || state->more)
		return HEADER;
	if (state->phase == START)
		return state->head[3] ? HEADER + 4 : HEADER + 1;
	if (!state->server)
		return state->head[3] ? HEADER : COMPRESSED_HEADER + 2;
	return state->phase == DECIDE ? COMPRESSED_HEADER + HEADER + COUNT_MAX + HEADER : HEADER + 1;
}

static size_t header_length(const struct framing_state *state)
{
	size_t need, total;

	if (state->phase == COMPRESSED)
		return COMPRESSED_HEADER;
	if (state->have < HEADER)
		return HEADER;
	need = telling(state);
	total = HEADER + length_of(state->head);
	return need < total ? need : total;
}

static bool begins_zlib(const uint8_t *p)
{
	return p[0] == 0x78 && (p[0] << 8 | p[1]) % 31 == 0; /* RFC 1950, 2.2 */
}

/* The client has asked for compression. No plain command is 0, and no text in UTF-8 has such bytes. */
static bool is_compressed_command(const struct framing_state *state)
{
	const uint8_t *head = state->head;

	if (state->have < COMPRESSED_HEADER + 2)
		return false;
	return length_of(head + 4) == 0 || begins_zlib(head + 7) || (head[7] == 0x28 && head[8] == 0xb5);
}

/* Packets as they are inside a compressed one: a single one, or a count of columns and more. A plain OK that
 * looks so would have a status that is a length, 256 warnings, and a control character in its text. */
static bool is_uncompressed_inside(const struct framing_state *state)
{
	const uint8_t *head = state->head, *inside = head + COMPRESSED_HEADER;
	uint32_t all = length_of(head), length = length_of(inside);

	if (inside[3] != head[3])
		return false;
	if (length + HEADER == all)
		return length >= ANSWER_MIN;
	return length && length <= COUNT_MAX && length + 2 * HEADER <= all &&
	       inside[HEADER + length + 3] == (uint8_t)(head[3] + 1);
}

/* Whether the client has asked, its server alone knows. A plain OK that looks like data for zlib would be of
 * more rows than zlib can compress to so few bytes. */
static bool is_compressed_answer(const struct framing_state *state)
{
	static const uint8_t zstd[] = {0x28, 0xb5, 0x2f, 0xfd};
	const uint8_t *head = state->head, *inside = head + COMPRESSED_HEADER;
	uint32_t raw = length_of(head + HEADER);

	if (state->have < COMPRESSED_HEADER + HEADER)
		return false;
	if (raw == 0)
		return is_uncompressed_inside(state);
	return memcmp(inside, zstd, sizeof(zstd)) == 0 ||
	       (begins_zlib(inside) && raw <= UINT64_C(1032) * length_of(head));
}

static bool begin_client(struct framing_state *state)
{
	uint32_t wants = (uint32_t)walk_number(state->head + 4, 4, true);

	if (state->have < HEADER + 4 || state->head[3] != 1)
		return false;
	if (length_of(state->head) != SSL_REQUEST_LENGTH || !(wants & CLIENT_SSL))
		state->phase = wants & (CLIENT_COMPRESS | CLIENT_ZSTD) ? LOGIN : PACKETS;
	return true;
}

static bool begin_server(struct framing_state *state)
{
	const uint8_t *head = state->head;

	state->phase = ANSWER;
	return state->have > HEADER && length_of(head) <= GREETING_MAX &&
	       (head[4] == ERROR || head[4] == PROTOCOL_10);
}

/* The next phase. False: no such packet can be here. */
static bool enter(struct framing_state *state)
{
	if (state->phase == START) {
		state->server = state->head[3] == 0;
		return state->server ? begin_server(state) : begin_client(state);
	}
	if (state->phase == DECIDE)
		state->phase = is_compressed_answer(state) ? COMPRESSED : PACKETS;
	else if (state->server)
		state->phase = state->have > HEADER && state->head[4] == OK ? DECIDE : LOGIN;
	else if (state->head[3] == 0)
		state->phase = is_compressed_command(state) ? COMPRESSED : PACKETS;
	return true;
}

static bool begin(const struct framing *framing, struct framing_state *state)
{
	uint32_t length = length_of(state->head);
	uint64_t total;

	if (state->more && state->head[3] != state->head[NEXT_NUMBER])
		return false;
	if (!state->more && state->phase < PACKETS && !enter(state))
		return false;
	total = (state->phase == COMPRESSED ? COMPRESSED_HEADER : HEADER) + length;
	state->more = state->phase != COMPRESSED && length == FULL;
	state->head[NEXT_NUMBER] = (uint8_t)(state->head[3] + 1);
	state->watch = state->more && !state->server && !framing->frames && state->head[NEXT_NUMBER];
	walk_begin_frame(state, total, state->have);
	return !walk_exceeds(framing, total);
}

static size_t header(const struct framing *framing, struct framing_state *state, const uint8_t *p, size_t n)
{
	size_t used = walk_header(state, p, n, header_length(state), 0);

	if (state->have >= HEADER && state->have == header_length(state) && !begin(framing, state))
		return walk_desync(state);
	return used;
}

/* 16 or 15, 03, 01 to 04: no packet of a handshake has 64 KiB and more. */
static bool is_tls(const uint8_t *head)
{
	return (head[0] == 0x16 || head[0] == 0x15) && head[1] == 3 && head[2] >= 1 && head[2] <= 4;
}

/* Where TLS may begin: goes back to the first byte of the record, if it is one. */
static bool becomes_tls(struct framing_state *state, const uint8_t *p, size_t n)
{
	uint8_t head[3];
	size_t have = state->have;

	if (state->phase > ANSWER || state->left || have >= sizeof(head) || have + n < sizeof(head))
		return false;
	memcpy(head, state->head, have);
	memcpy(head + have, p, sizeof(head) - have);
	if (!is_tls(head))
		return false;
	framing_become(state, PRESET_TLS);
	if (have)
		framing_feed(preset(PRESET_TLS), state, head, have, have);
	return true;
}

static size_t advance(const struct framing *framing, struct framing_state *state, const uint8_t *p, size_t n,
		      uint64_t offered)
{
	(void)offered;
	if (framing->sniffs_tls && becomes_tls(state, p, n))
		return 0;
	return walk_frames(framing, state, p, n, header, walk_plain_payload);
}

static ALWAYS_INLINE uint64_t look(const struct framing *framing, const struct framing_state *state,
				   const uint8_t *p, size_t n)
{
	size_t header = state->phase == COMPRESSED ? COMPRESSED_HEADER : HEADER;

	if (state->phase < PACKETS || n < header || (header == HEADER && length_of(p) == FULL))
		return 0;
	return walk_allowed(framing, header + length_of(p));
}

WALK_WHOLE(feed, whole, look)

/* A command, where the client owes a packet with another number. */
static bool abandons(const struct framing *framing, const struct framing_state *state, const uint8_t *p,
		     size_t n)
{
	(void)framing;
	return !state->left && !state->have && n > HEADER && p[3] == 0 && length_of(p) &&
	       (p[4] < 0x40 || p[4] >= 0xfa);
}

const struct framing_class framing_mysql = {.name = "mysql",
					    .advance = advance,
					    .feed = feed,
					    .whole = whole,
					    .abandons = abandons,
					    .finds_tls = true};
