#include "walk.h"

/* PostgreSQL's protocol 3, "Message Formats" in its manual. The client sends start messages (length, code),
 * of which the StartupMessage is the last, then typed ones (type, length). The server answers a request for
 * encryption with one byte, a message of its own, then sends typed messages too. */

enum { START, GSS_ASKED, TYPED, GSS };

#define START_HEADER 8
#define TYPED_HEADER 5
#define GSS_LENGTH 4

#define START_MAX 10000 /* MAX_STARTUP_PACKET_LENGTH */
#define GSS_MAX 65536	/* PQ_GSS_AUTH_BUFFER_SIZE of version 18; data packets have 16384 at most */

#define VERSION_3 3 /* the high half of the code */
#define CANCEL_REQUEST 80877102
#define SSL_REQUEST 80877103
#define GSSENC_REQUEST 80877104

static const char client_types[] = "BCDEFHPQSXcdfp";
static const char server_types[] = "123ACDEGHIKNRSTVWZcdnstv";

static size_t header_length(const struct framing_state *state)
{
	if (state->phase == TYPED)
		return TYPED_HEADER;
	return state->phase == GSS ? GSS_LENGTH : START_HEADER;
}

static bool begin_frame(struct framing_state *state, uint8_t phase, uint64_t total, uint64_t least,
			uint64_t most)
{
	size_t header = state->have;

	if (total < least || total > most)
		return false;
	state->phase = phase;
	walk_begin_frame(state, total, header);
	return true;
}

/* If encryption by GSSAPI was granted, a token comes instead of a code (RFC 2743, 3.1: 60 hex). */
static bool begin_start(struct framing_state *state)
{
	uint64_t length = walk_number(state->head, 4, false), code = walk_number(state->head + 4, 4, false);

	switch (code) {
	case SSL_REQUEST:
		return begin_frame(state, START, length, START_HEADER, START_HEADER);
	case GSSENC_REQUEST:
		return begin_frame(state, GSS_ASKED, length, START_HEADER, START_HEADER);
	case CANCEL_REQUEST:
		return begin_frame(state, START, length, START_HEADER, START_MAX);
	default:
		if (code >> 16 == VERSION_3)
			return begin_frame(state, TYPED, length, START_HEADER, START_MAX);
		return state->phase == GSS_ASKED &&
		       begin_frame(state, GSS, GSS_LENGTH + length, START_HEADER, GSS_LENGTH + GSS_MAX);
	}
}

static bool is_type(const struct framing_state *state, uint8_t byte)
{
	if (state->server)
		return memchr(server_types, byte, sizeof(server_types) - 1);
	return memchr(client_types, byte, sizeof(client_types) - 1);
}

static bool begin_typed(struct framing_state *state)
{
	uint64_t total = 1 + walk_number(state->head + 1, 4, false);

	return is_type(state, state->head[0]) && begin_frame(state, TYPED, total, TYPED_HEADER, INT32_MAX);
}

static bool begin_gss(struct framing_state *state)
{
	uint64_t total = GSS_LENGTH + walk_number(state->head, GSS_LENGTH, false);

	return begin_frame(state, GSS, total, GSS_LENGTH, GSS_LENGTH + GSS_MAX);
}

static bool begin(struct framing_state *state)
{
	if (state->phase == TYPED)
		return begin_typed(state);
	return state->phase == GSS ? begin_gss(state) : begin_start(state);
}

/* The first byte of a server, or the first behind an answer. Before the client is authenticated it has
 * nothing to say but that and errors (elog.c, should_output_to_client): S and N are no types of messages
 * here. */
static bool is_answer(struct framing_state *state, uint8_t byte)
{
	return state->server && state->phase == START && (byte == 'S' || byte == 'N' || byte == 'G');
}

static bool is_first_type(uint8_t byte)
{
	return byte == 'R' || byte == 'E' || byte == 'v';
}

static size_t header(const struct framing *framing, struct framing_state *state, const uint8_t *p, size_t n)
{
	size_t need, used;

	if (is_answer(state, *p)) {
		state->phase = *p == 'G' ? GSS : START;
		return walk_sent(state, 1);
	}
	if (state->server && state->phase == START) {
		if (!is_first_type(*p))
			return walk_desync(state);
		state->phase = TYPED;
	}
	need = header_length(state);
	used = walk_header(state, p, n, need, 0);
	if (state->have < need)
		return used;
	if (!begin(state) || walk_exceeds(framing, need + state->left))
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
	uint64_t total = n < TYPED_HEADER ? 0 : 1 + walk_number(p + 1, 4, false);

	if (state->phase != TYPED || total < TYPED_HEADER || total > INT32_MAX || !is_type(state, *p))
		return 0;
	return walk_allowed(framing, total);
}

WALK_WHOLE(feed, whole, look)

const struct framing_class framing_postgres = {
    .name = "postgres", .advance = advance, .feed = feed, .whole = whole};
