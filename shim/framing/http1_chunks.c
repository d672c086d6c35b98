#include "http1.h"

/* Chunks, RFC 9112, section 7.1. */

size_t http1_begin_chunks(struct framing_state *state)
{
	lines_of(state)->flags |= HTTP1_FIRST;
	lines_of(state)->number = 0;
	state->phase = HTTP1_CHUNK_SIZE;
	return 0;
}

static int hex(uint8_t c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

bool http1_begin_soft_chunk(struct framing_state *state, uint8_t c)
{
	if (hex(c) < 0)
		return false;
	http1_begin_chunks(state);
	return true;
}

static bool ends_digits(uint8_t c)
{
	return c == ';' || c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* What seemed to be digits was the beginning of a method. */
static size_t begin_method(struct framing_state *state)
{
	*lines_of(state) = (struct lines){.at = 1, .flags = HTTP1_UNSURE};
	state->phase = START_LINE_WORD;
	return 0;
}

/* No size of a chunk that was ever meant has more. */
#define DIGITS_MAX 32

static size_t end_size(const struct framing *framing, struct framing_state *state)
{
	struct lines *lines = lines_of(state);
	uint64_t size = lines->number;

	if (size > INT64_MAX - state->sent || walk_exceeds(framing, size))
		return walk_desync(state);
	lines->number = 0;
	lines->mode = MODE_PLAIN;
	state->have = 0;
	state->left = size;
	state->phase = size ? HTTP1_CHUNK_DATA : HEADERS_LINE;
	if (!size) {
		lines->flags |= HTTP1_TRAILER;
		lines->field = FIELD_OTHER;
	}
	return 0;
}

static size_t take_digit(struct framing_state *state, int digit)
{
	struct lines *lines = lines_of(state);

	if (state->have == DIGITS_MAX || lines->number > INT64_MAX >> 4)
		return walk_desync(state);
	lines->number = lines->number << 4 | (uint64_t)digit;
	state->have++;
	return walk_sent(state, 1);
}

static size_t end_extension(const struct framing *framing, struct framing_state *state, const uint8_t *p,
			    size_t n)
{
	const uint8_t *end = memchr(p, '\n', n);

	if (!end)
		return walk_sent(state, n);
	walk_sent(state, (size_t)(end - p) + 1);
	end_size(framing, state);
	return (size_t)(end - p) + 1;
}

/* A response to HEAD may have said that there are chunks. */
static size_t take_size(const struct framing *framing, struct framing_state *state, const uint8_t *p,
			size_t n)
{
	struct lines *lines = lines_of(state);
	int digit = hex(*p);

	if (digit >= 0)
		return take_digit(state, digit);
	if (!state->have && *p == 'H' && lines->status && lines->flags & HTTP1_FIRST) {
		http1_end_message(state);
		return 0;
	}
	if (lines->mode == MODE_SOFT_CHUNKED && ((*p >= 'A' && *p <= 'Z') || *p == '-' || *p == '_'))
		return begin_method(state);
	if (!state->have || !ends_digits(*p))
		return walk_desync(state);
	state->phase = HTTP1_CHUNK_EXTENSION;
	state->have = 0;
	return end_extension(framing, state, p, n);
}

static size_t end_chunk(struct framing_state *state, uint8_t c)
{
	if (c == '\r' && !state->have) {
		state->have = 1;
		return walk_sent(state, 1);
	}
	if (c != '\n')
		return walk_desync(state);
	state->have = 0;
	state->phase = HTTP1_CHUNK_SIZE;
	lines_of(state)->flags &= (uint8_t)~HTTP1_FIRST;
	return walk_sent(state, 1);
}

size_t http1_chunk(const struct framing *framing, struct framing_state *state, const uint8_t *p, size_t n)
{
	if (state->phase == HTTP1_CHUNK_SIZE)
		return take_size(framing, state, p, n);
	if (state->phase == HTTP1_CHUNK_EXTENSION)
		return end_extension(framing, state, p, n);
	return end_chunk(state, *p);
}
