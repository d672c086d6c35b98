#include "http1.h"

#include "presets.h"

/* HTTP/1.0 and 1.1, RFC 9112. Whether a message is a request or a response says its first line. What only the
 * peer's messages could tell is told by what comes next:
 *
 *  - A response to HEAD has no body, whatever its header says. If the status line of another stands where the
 *    body should, there was none (http1_body.c).
 *  - A request with `Expect: 100-continue` may go without its body, if the server does not want it (RFC 9110,
 *    section 10.1.1; curl goes on with another request then). Its header is a message, and its body, if it
 *    comes, is another.
 *  - Behind CONNECT, or a request to upgrade, come a request, or bytes of another protocol. */

static const struct start_line start_line = {
    {{"HTTP/1.#", "CONNECT", "PRI"}, LINES_LETTER('H') | LINES_LETTER('C') | LINES_LETTER('P')}, 1};
enum { WORD_CONNECT = 2, WORD_PRI };

static const struct header_names names = {
    .words = {{"content-length", "transfer-encoding", "upgrade", "expect"},
	      LINES_LETTER('c') | LINES_LETTER('t') | LINES_LETTER('u') | LINES_LETTER('e')},
    .fields = {FIELD_CONTENT_LENGTH, FIELD_TRANSFER_ENCODING, FIELD_UPGRADE, FIELD_EXPECT}};
static const struct header_names no_names;

#define WORD_LONG 2 /* more than a frame could have that begins like a method */

/* The stream is another protocol's from a message's first byte on; `n` bytes of that were taken already. */
static size_t become(struct framing_state *state, enum preset protocol, const void *taken, size_t n)
{
	framing_become(state, protocol);
	if (n)
		framing_feed(preset(protocol), state, taken, n, n);
	return 0;
}

/* A frame of a client has a mask bit in its second byte; no request has such a byte there. If it is not there
 * yet, lose_line() will see. */
static bool begins_websocket(const uint8_t *p, size_t n)
{
	return n > 1 && p[1] >= 0x80;
}

static size_t begin_line(struct framing_state *state, uint8_t mode, uint8_t first)
{
	*lines_of(state) = (struct lines){
	    .mode = mode,
	    .number = first,
	    .flags = lines_of(state)->flags & HTTP1_UNSURE,
	};
	state->phase = START_LINE_WORD;
	return 0;
}

static size_t begin_soft(struct framing_state *state, uint8_t c)
{
	struct lines *lines = lines_of(state);
	uint8_t mode = lines->mode;

	if (mode == MODE_SOFT_CHUNKED)
		return http1_begin_soft_chunk(state, c) ? 0 : begin_line(state, MODE_PLAIN, c);
	state->left = lines->length;
	return begin_line(state, mode, c);
}

/* A server's HTTP/2 begins with SETTINGS, a client's with "PRI ". */
static size_t begin(const struct framing *framing, struct framing_state *state, const uint8_t *p, size_t n)
{
	uint8_t mode = lines_of(state)->mode;

	if (mode == MODE_SOFT || mode == MODE_SOFT_CHUNKED)
		return begin_soft(state, *p);
	if (mode == MODE_PEEK && http1_begin_rest(state, *p))
		return 0;
	if ((*p == '\r' || *p == '\n') && mode != MODE_TUNNEL)
		return lines_empty(state, *p);
	if (*p == TLS_HANDSHAKE && framing->sniffs_tls)
		return become(state, PRESET_TLS, NULL, 0);
	if (mode == MODE_WEBSOCKET && begins_websocket(p, n))
		return become(state, PRESET_WEBSOCKET, NULL, 0);
	if (*p == 0 && mode == MODE_PLAIN)
		return become(state, PRESET_HTTP2, NULL, 0);
	if (n >= 4 && memcmp(p, "PRI ", 4) == 0)
		return become(state, PRESET_HTTP2, NULL, 0);
	return begin_line(state, mode == MODE_PEEK ? MODE_PLAIN : mode, *p);
}

/* The bytes are no first line. */
static size_t lose_line(struct framing_state *state, uint16_t have)
{
	struct lines *lines = lines_of(state);
	uint8_t first = (uint8_t)lines->number;

	if (lines->mode == MODE_SOFT)
		return http1_begin_body(state);
	if (lines->mode == MODE_WEBSOCKET && have <= 1)
		return become(state, PRESET_WEBSOCKET, &first, have);
	if (lines->mode == MODE_TUNNEL)
		return become(state, PRESET_CALL, NULL, 0);
	return walk_desync(state);
}

static size_t end_method(struct framing_state *state, size_t used)
{
	struct lines *lines = lines_of(state);

	if (!lines_word_ends(&start_line.words, lines))
		return used;
	if (lines->word == WORD_CONNECT)
		lines->flags |= HTTP1_CONNECT;
	if (lines->word == WORD_PRI && lines->mode != MODE_SOFT)
		become(state, PRESET_HTTP2, "PRI ", 4);
	return used;
}

/* In a body that may not be one, the line ends with the body. */
static size_t first_line(struct framing_state *state, const uint8_t *p, size_t n)
{
	struct lines *lines = lines_of(state);
	bool is_soft = lines->mode == MODE_SOFT, is_strict = is_soft || lines->mode == MODE_TUNNEL;
	uint8_t phase = state->phase;
	uint16_t have = state->have;
	size_t room = is_soft && state->left < n ? (size_t)state->left : n;
	size_t used = start_line_take(&start_line, state, p, room, is_strict);

	if (is_soft)
		state->left -= used;
	if (is_soft && !state->left)
		http1_end_message(state);
	else if (state->phase == START_LINE_LOST)
		used += lose_line(state, (uint16_t)(phase == START_LINE_WORD ? have + used : WORD_LONG));
	else if (phase == START_LINE_WORD && state->phase == START_LINE_TARGET)
		return end_method(state, used);
	else if (state->phase == HEADERS_LINE)
		http1_line_is_certain(state);
	return used;
}

/* RFC 9110, section 7.8; RFC 9113, section 3.2 of the one before. */
static size_t switch_protocols(struct framing_state *state)
{
	uint8_t upgrade = lines_of(state)->upgrade;

	http1_end_message(state);
	if (upgrade == UPGRADE_WEBSOCKET)
		framing_become(state, PRESET_WEBSOCKET);
	else if (upgrade == UPGRADE_H2C)
		framing_become(state, PRESET_HTTP2);
	else
		lines_of(state)->mode = MODE_TUNNEL;
	return 0;
}

static size_t end_headers(const struct framing *framing, struct framing_state *state)
{
	struct lines *lines = lines_of(state);

	if (lines->flags & HTTP1_TRAILER) {
		http1_end_message(state);
		return 0;
	}
	if (lines->status == 101)
		return switch_protocols(state);
	if (lines->flags & LINES_HAS_LENGTH &&
	    (lines->length > INT64_MAX - state->sent || walk_exceeds(framing, lines->length)))
		return walk_desync(state);
	return lines->status ? http1_end_response(state) : http1_end_request(state);
}

static size_t headers(const struct framing *framing, struct framing_state *state, const uint8_t *p, size_t n)
{
	bool is_trailer = lines_of(state)->flags & HTTP1_TRAILER;
	size_t used = headers_take(is_trailer ? &no_names : &names, state, p, n);

	if (state->phase == HEADERS_END)
		end_headers(framing, state);
	return used;
}

/* A first line, and the lines behind it. */
static size_t take_lines(const struct framing *framing, struct framing_state *state, const uint8_t *p,
			 size_t n)
{
	size_t used = first_line(state, p, n);

	if (state->phase != HEADERS_LINE || used >= n)
		return used;
	return used + headers(framing, state, p + used, n - used);
}

static size_t step(const struct framing *framing, struct framing_state *state, const uint8_t *p, size_t n)
{
	if (state->phase == LINES_START)
		return begin(framing, state, p, n);
	if (state->phase == LINES_EMPTY)
		return lines_empty(state, *p);
	if (state->phase < START_LINE_LOST)
		return take_lines(framing, state, p, n);
	if (state->phase <= HEADERS_END)
		return headers(framing, state, p, n);
	return http1_body(framing, state, p, n);
}

/* Where nothing but a line, or the size of another chunk, may come; but not where a response to HEAD may be
 * complete. */
static bool is_watched(struct framing_state *state)
{
	const struct lines *lines = lines_of(state);

	if (!state->inside || state->have || lines->flags & HTTP1_UNSURE)
		return false;
	if (state->phase == HTTP1_CHUNK_SIZE)
		return !(lines->status && lines->flags & HTTP1_FIRST);
	return state->phase == HEADERS_LINE || state->phase == HTTP1_CHUNK_END;
}

void http1_watch(struct framing_state *state)
{
	state->watch = is_watched(state);
}

static size_t advance(const struct framing *framing, struct framing_state *state, const uint8_t *p, size_t n,
		      uint64_t offered)
{
	uint8_t parser = state->parser;
	size_t used;

	(void)offered;
	used = lines_advance(framing, state, p, n, step);
	if (state->parser == parser && !state->desync)
		http1_watch(state);
	return used;
}

/* No field's name and no chunk's size has bytes as the first line of a message has. */
static bool abandons(const struct framing *framing, const struct framing_state *state, const uint8_t *p,
		     size_t n)
{
	struct lines lines;

	(void)framing;
	memcpy(&lines, state->head, sizeof(lines));
	return start_line_is(&start_line, p, n, lines.status != 0);
}

const struct framing_class framing_http1 = {
    .name = "http1",
    .advance = advance,
    .feed = framing_feed_each,
    .skip = http1_skip,
    .abandons = abandons,
    .is_open_ended = http1_is_open_ended,
    .finds_tls = true,
};
