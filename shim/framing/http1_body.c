#include "http1.h"

/* Bodies, RFC 9112, section 6. */

static const struct lines_words status_line = {{"HTTP/1.# +##"}, LINES_LETTER('H')};
#define STATUS_AT 9	    /* offset of the status code there */
#define STATUS_LINE_SEEN 13 /* that and the byte behind it */

static bool ends_status(uint8_t c)
{
	return c == ' ' || c == '\r' || c == '\n';
}

static size_t begin_peek(struct framing_state *state, uint8_t phase)
{
	struct lines *lines = lines_of(state);

	lines->at = lines->word = 0;
	lines->number = 0;
	state->phase = phase;
	return 0;
}

size_t http1_end_response(struct framing_state *state)
{
	struct lines *lines = lines_of(state);

	if (lines->status < 200 || lines->status == 204 || lines->status == 304) {
		http1_end_message(state);
		return 0;
	}
	if (lines->flags & LINES_IS_CHUNKED)
		return http1_begin_chunks(state);
	if (lines->flags & LINES_IS_CODED || !(lines->flags & LINES_HAS_LENGTH))
		return begin_peek(state, HTTP1_PEEK_TO_END);
	if (!lines->length) {
		http1_end_message(state);
		return 0;
	}
	state->left = lines->length;
	return begin_peek(state, HTTP1_PEEK);
}

static size_t begin_soft(struct framing_state *state, uint8_t mode)
{
	struct lines *lines = lines_of(state);

	lines_end_message(state, (struct lines){
				     .mode = mode,
				     .length = lines->length,
				     .flags = lines->flags & HTTP1_UNSURE,
				 });
	return 0;
}

size_t http1_end_request(struct framing_state *state)
{
	struct lines *lines = lines_of(state);
	bool is_soft = lines->flags & LINES_EXPECTS;

	if (lines->flags & LINES_IS_CHUNKED)
		return is_soft ? begin_soft(state, MODE_SOFT_CHUNKED) : http1_begin_chunks(state);
	if (lines->flags & LINES_IS_CODED)
		return walk_desync(state);
	if (lines->length && is_soft)
		return begin_soft(state, MODE_SOFT);
	if (!lines->length) {
		http1_end_message(state);
		return 0;
	}
	state->left = lines->length;
	return http1_begin_body(state);
}

static uint8_t next_mode(const struct lines *lines)
{
	if (lines->status)
		return MODE_PLAIN;
	if (lines->flags & HTTP1_CONNECT || lines->upgrade == UPGRADE_OTHER)
		return MODE_TUNNEL;
	return lines->upgrade == UPGRADE_WEBSOCKET ? MODE_WEBSOCKET : MODE_PLAIN;
}

void http1_end_message(struct framing_state *state)
{
	const struct lines *lines = lines_of(state);

	lines_end_message(state,
			  (struct lines){.mode = next_mode(lines), .flags = lines->flags & HTTP1_UNSURE});
}

size_t http1_begin_body(struct framing_state *state)
{
	state->phase = state->left ? HTTP1_BODY : HTTP1_TO_END;
	state->have = 0;
	return 0;
}

void http1_line_is_certain(struct framing_state *state)
{
	struct lines *lines = lines_of(state);

	if (lines->mode == MODE_SOFT || lines->mode == MODE_TUNNEL)
		lines->flags |= HTTP1_UNSURE;
	lines->mode = MODE_PLAIN;
	state->left = 0;
}

/* A whole status line is in view: the message before had no body. */
static bool begins_response(const uint8_t *p, size_t n)
{
	struct lines seen = {0};

	if (n < STATUS_LINE_SEEN)
		return false;
	for (size_t i = 0; i < STATUS_LINE_SEEN - 1 && (!i || seen.word); i++)
		lines_word(&status_line, &seen, p[i]);
	return lines_word_ends(&status_line, &seen) && ends_status(p[STATUS_LINE_SEEN - 1]);
}

/* The response began STATUS_LINE_SEEN bytes ago, where the body of the one before should. */
static size_t end_status_line(struct framing_state *state, uint8_t c)
{
	struct lines *lines = lines_of(state);

	if (state->phase != HTTP1_PEEK_PAST)
		state->messages++;
	*lines = (struct lines){.status = (uint16_t)lines->number, .flags = HTTP1_UNSURE};
	state->phase = c == '\n' ? HEADERS_LINE : START_LINE_REST;
	state->left = 0;
	state->sent = STATUS_LINE_SEEN - 1;
	return walk_sent(state, 1);
}

bool http1_begin_rest(struct framing_state *state, uint8_t c)
{
	struct lines *lines = lines_of(state);
	struct lines next = *lines;

	if (lines_word_ends(&status_line, lines)) {
		if (!ends_status(c))
			return false;
	} else {
		lines_word(&status_line, &next, c);
		if (!next.word)
			return false;
	}
	state->phase = HTTP1_PEEK_PAST;
	state->sent = lines->at;
	return true;
}

static size_t end_peek(struct framing_state *state)
{
	struct lines kept = *lines_of(state);

	kept.mode = MODE_PEEK;
	kept.flags &= HTTP1_UNSURE;
	lines_end_message(state, kept);
	return 1;
}

static size_t lose_peek(struct framing_state *state)
{
	return state->phase == HTTP1_PEEK_PAST ? walk_desync(state) : http1_begin_body(state);
}

static size_t take_peeked(struct framing_state *state, uint8_t c)
{
	struct lines *lines = lines_of(state);
	struct lines before = *lines;

	if (lines_word_ends(&status_line, lines))
		return ends_status(c) ? end_status_line(state, c) : lose_peek(state);
	lines_word(&status_line, lines, c);
	if (!lines->word) {
		*lines = before;
		return lose_peek(state);
	}
	if (lines->at > STATUS_AT)
		lines->number = lines->number * 10 + (uint64_t)(c - '0');
	walk_sent(state, 1);
	if (state->phase == HTTP1_PEEK && --state->left == 0)
		return end_peek(state);
	return 1;
}

static size_t peek(struct framing_state *state, const uint8_t *p, size_t n)
{
	struct lines *lines = lines_of(state);

	if (lines->at || !begins_response(p, n))
		return take_peeked(state, *p);
	lines->flags |= HTTP1_UNSURE;
	http1_end_message(state);
	return 0;
}

static size_t take_rest(struct framing_state *state, size_t n)
{
	size_t used = walk_payload(state, n);

	if (state->left)
		return used;
	if (state->phase == HTTP1_CHUNK_DATA)
		state->phase = HTTP1_CHUNK_END;
	else
		http1_end_message(state);
	return used;
}

size_t http1_body(const struct framing *framing, struct framing_state *state, const uint8_t *p, size_t n)
{
	switch (state->phase) {
	case HTTP1_BODY:
	case HTTP1_CHUNK_DATA:
		return take_rest(state, n);
	case HTTP1_TO_END:
		return walk_sent(state, n);
	case HTTP1_CHUNK_SIZE:
	case HTTP1_CHUNK_EXTENSION:
	case HTTP1_CHUNK_END:
		return http1_chunk(framing, state, p, n);
	default:
		return peek(state, p, n);
	}
}
