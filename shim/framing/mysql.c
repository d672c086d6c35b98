#include "presets.h"
#include "walk.h"

/* MySQL's and MariaDB's protocol: a length of 3 bytes, low byte first, and a sequence number. A packet of
 * 0xffffff bytes goes on in the next one. The first packet of a server has number 0, that of a client 1: so
 * it tells which side this is. A client's SSLRequest is 32 bytes with CLIENT_SSL; what a server writes then
 * shows by itself. The compressed protocol begins with a client's first command; a server does not write
 * whether it will. */

enum { START, CLIENT, SERVER, COMPRESSED };

enum { WILL_COMPRESS = 1, WILL_ENCRYPT = 2, MAY_JUMP = 4 };

#define FRAME_HEADER 4
#define COMPRESSED_HEADER 7
#define CONTINUES 0xffffff
#define CAPABILITIES 4
#define CLIENT_COMPRESS 0x20
#define CLIENT_SSL 0x800
#define CLIENT_ZSTD (1U << 26)
#define SSL_REQUEST_LENGTH 32
#define GREETING_9 9
#define GREETING_10 10
#define ERROR_PACKET 0xff
#define LOCAL_INFILE 0xfb

/* What is kept between packets, behind the header in framing_state.head. */
struct session {
	uint8_t sequence; /* of the last packet */
	uint8_t flags;
};

static struct session *session_of(struct framing_state *state)
{
	return (struct session *)(state->head + 16);
}

static uint64_t length_of(const struct framing_state *state)
{
	return walk_number(state->head, 3, true);
}

/* Of some payloads the beginning tells what comes. */
static size_t needed(const struct framing_state *state)
{
	size_t wanted = state->phase == START ? CAPABILITIES : 1;

	if (state->phase == COMPRESSED)
		return COMPRESSED_HEADER;
	if (state->have < FRAME_HEADER || state->more)
		return FRAME_HEADER;
	return FRAME_HEADER + (length_of(state) < wanted ? (size_t)length_of(state) : wanted);
}

static bool begin_client(struct framing_state *state)
{
	struct session *session = session_of(state);
	uint32_t capabilities = (uint32_t)walk_number(state->head + FRAME_HEADER, CAPABILITIES, true);

	if (length_of(state) < SSL_REQUEST_LENGTH)
		return false;
	state->phase = CLIENT;
	if (capabilities & (CLIENT_COMPRESS | CLIENT_ZSTD))
		session->flags |= WILL_COMPRESS;
	if (length_of(state) == SSL_REQUEST_LENGTH && capabilities & CLIENT_SSL)
		session->flags |= WILL_ENCRYPT;
	return true;
}

static bool begin_server(struct framing_state *state)
{
	uint8_t first = state->head[FRAME_HEADER];

	state->phase = SERVER;
	return length_of(state) && (first == GREETING_9 || first == GREETING_10 || first == ERROR_PACKET);
}

static bool begin_session(struct framing_state *state)
{
	return state->head[3] == 1 ? begin_client(state) : state->head[3] == 0 && begin_server(state);
}

/* A command begins with 0, its answer with 1; during the handshake the sides take turns. */
static bool is_in_sequence(const struct framing_state *state, const struct session *session)
{
	uint8_t step = (uint8_t)(state->head[3] - session->sequence);

	if (state->more)
		return step == 1;
	return state->head[3] <= 1 || step == 1 || step == 2 || session->flags & MAY_JUMP;
}

/* The client's file comes between a server's request for it and the next packet. */
static void note_packet(struct framing_state *state, struct session *session)
{
	session->flags &= (uint8_t)~MAY_JUMP;
	if (state->phase == SERVER && !state->more && length_of(state) &&
	    state->head[FRAME_HEADER] == LOCAL_INFILE)
		session->flags |= MAY_JUMP;
}

static bool begin_packet(const struct framing *framing, struct framing_state *state)
{
	struct session *session = session_of(state);
	uint64_t total = FRAME_HEADER + length_of(state);

	if (state->phase == START ? !begin_session(state) : !is_in_sequence(state, session))
		return false;
	if (framing->max && total > framing->max)
		return false;
	note_packet(state, session);
	session->sequence = state->head[3];
	state->more = length_of(state) == CONTINUES;
	state->watch = state->more && !framing->frames;
	walk_begin_frame(state, total, state->have);
	return true;
}

static bool begin_compressed(const struct framing *framing, struct framing_state *state)
{
	uint64_t total = COMPRESSED_HEADER + length_of(state);

	if (framing->max && total > framing->max)
		return false;
	walk_begin_frame(state, total, state->have);
	return true;
}

/* A server that was asked for TLS: no second packet of a handshake is as long as a record's header would say.
 */
static bool is_tls(const struct framing *framing, const struct framing_state *state)
{
	return framing->sniffs_tls && state->phase == SERVER && state->messages == 1 &&
	       state->head[0] == 0x16 && state->head[1] == 3 && state->head[2] <= 4;
}

static void replay_as_tls(struct framing_state *state)
{
	uint8_t first[FRAME_HEADER];

	memcpy(first, state->head, sizeof(first));
	framing_become(state, PRESET_TLS);
	framing_feed(preset(PRESET_TLS), state, first, sizeof(first), sizeof(first));
}

static size_t header(const struct framing *framing, struct framing_state *state, const uint8_t *p, size_t n)
{
	size_t used = walk_header(state, p, n, needed(state), 0);

	if (state->have == FRAME_HEADER && state->phase == CLIENT && !state->more && state->head[3] == 0 &&
	    session_of(state)->flags & WILL_COMPRESS)
		state->phase = COMPRESSED;
	if (state->have == FRAME_HEADER && is_tls(framing, state)) {
		replay_as_tls(state);
		return used;
	}
	if (state->have < needed(state))
		return used;
	if (state->phase == COMPRESSED ? begin_compressed(framing, state) : begin_packet(framing, state))
		return used;
	return walk_desync(state);
}

/* Like walk_frames(), which does not know of streams that become another. */
static size_t advance(const struct framing *framing, struct framing_state *state, const uint8_t *p, size_t n,
		      uint64_t offered)
{
	size_t used = 0;

	(void)offered;
	if (!state->inside && session_of(state)->flags & WILL_ENCRYPT && framing->sniffs_tls) {
		framing_become(state, PRESET_TLS);
		return 0;
	}
	while (used < n) {
		used +=
		    state->left ? walk_payload(state, n - used) : header(framing, state, p + used, n - used);
		if (state->desync || state->parser >= FRAMING_STAGES_MAX)
			return used;
		if (!state->left && !state->have && (!state->more || framing->frames)) {
			walk_end_message(state);
			return used;
		}
	}
	return used;
}

/* The packet that goes on a message of 16 MiB has the next number: one with 0 begins a command. */
static bool abandons(const struct framing *framing, const struct framing_state *state, const uint8_t *p,
		     size_t n)
{
	uint8_t last = state->head[16];

	(void)framing;
	return !state->left && !state->have && n >= FRAME_HEADER && p[3] == 0 && last != UINT8_MAX;
}

const struct framing_class framing_mysql = {
    .name = "mysql", .advance = advance, .abandons = abandons, .finds_tls = true};
