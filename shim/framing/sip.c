#include "headers.h"

/* SIP over a stream, RFC 3261, section 18.3, with the empty lines of RFC 5626, section 3.5.1; and RTSP, RFC
 * 2326, with the frames that it interleaves ("$", a channel, 2 bytes of length; section 10.12). Without
 * Content-Length there is no body. Both sides write requests and responses. */

enum { BODY = LINES_PHASES, FRAME_HEADER };

#define FRAME_MARK '$'
#define FRAME_HEADER_LENGTH 4

static const struct start_line start_line = {{{"SIP/#.#", "RTSP/#.#"}, LINES_LETTER('S') | LINES_LETTER('R')},
					     2};
static const struct header_names names = {
    .words = {{"content-length", "l"}, LINES_LETTER('c') | LINES_LETTER('l')},
    .fields = {FIELD_CONTENT_LENGTH, FIELD_CONTENT_LENGTH}};

static size_t begin(struct framing_state *state, uint8_t c)
{
	if (c == '\r' || c == '\n')
		return lines_empty(state, c);
	*lines_of(state) = (struct lines){0};
	state->phase = c == FRAME_MARK ? FRAME_HEADER : START_LINE_WORD;
	return 0;
}

static size_t begin_body(const struct framing *framing, struct framing_state *state, uint64_t length)
{
	if (length > INT64_MAX - state->sent || walk_exceeds(framing, length))
		return walk_desync(state);
	state->have = 0;
	state->left = length;
	state->phase = BODY;
	if (!length)
		lines_end_message(state, (struct lines){0});
	return 0;
}

static size_t frame_header(const struct framing *framing, struct framing_state *state, const uint8_t *p,
			   size_t n)
{
	size_t used = walk_header(state, p, n, FRAME_HEADER_LENGTH, 0);

	if (state->have == FRAME_HEADER_LENGTH)
		begin_body(framing, state, walk_number(state->head + 2, 2, false));
	return used;
}

static size_t first_line(struct framing_state *state, const uint8_t *p, size_t n)
{
	size_t used = start_line_take(&start_line, state, p, n, false);

	return state->phase == START_LINE_LOST ? walk_desync(state) : used;
}

static size_t headers(const struct framing *framing, struct framing_state *state, const uint8_t *p, size_t n)
{
	size_t used = headers_take(&names, state, p, n);

	if (state->phase == HEADERS_END)
		begin_body(framing, state, lines_of(state)->length);
	return used;
}

static size_t body(struct framing_state *state, size_t n)
{
	size_t used = walk_payload(state, n);

	if (!state->left)
		lines_end_message(state, (struct lines){0});
	return used;
}

static size_t step(const struct framing *framing, struct framing_state *state, const uint8_t *p, size_t n)
{
	if (state->phase == LINES_START)
		return begin(state, *p);
	if (state->phase == LINES_EMPTY)
		return lines_empty(state, *p);
	if (state->phase < START_LINE_LOST)
		return first_line(state, p, n);
	if (state->phase <= HEADERS_END)
		return headers(framing, state, p, n);
	if (state->phase == FRAME_HEADER)
		return frame_header(framing, state, p, n);
	return body(state, n);
}

static size_t advance(const struct framing *framing, struct framing_state *state, const uint8_t *p, size_t n,
		      uint64_t offered)
{
	(void)offered;
	return lines_advance_watched(framing, state, p, n, step);
}

/* No header field's name has bytes as the first line of a message has. */
static bool abandons(const struct framing *framing, const struct framing_state *state, const uint8_t *p,
		     size_t n)
{
	(void)framing;
	(void)state;
	return start_line_is(&start_line, p, n, false) || start_line_is(&start_line, p, n, true);
}

const struct framing_class framing_sip = {
    .name = "sip", .advance = advance, .feed = framing_feed_each, .abandons = abandons};
