#include "headers.h"

/* The base protocol of the Language Server and the Debug Adapter Protocol: header lines, Content-Length among
 * them, an empty line, and so many bytes. */

enum { BODY = LINES_PHASES };

static const struct header_names names = {.words = {{"content-length"}, LINES_LETTER('c')},
					  .fields = {FIELD_CONTENT_LENGTH}};

static size_t begin(struct framing_state *state, uint8_t c)
{
	c |= 0x20;
	if (c < 'a' || c > 'z')
		return walk_desync(state);
	*lines_of(state) = (struct lines){0};
	state->phase = HEADERS_LINE;
	return 0;
}

static size_t end_headers(const struct framing *framing, struct framing_state *state)
{
	const struct lines *lines = lines_of(state);

	if (!(lines->flags & LINES_HAS_LENGTH) || lines->length > INT64_MAX - state->sent ||
	    walk_exceeds(framing, lines->length))
		return walk_desync(state);
	state->left = lines->length;
	state->phase = BODY;
	if (!state->left)
		lines_end_message(state, (struct lines){0});
	return 0;
}

static size_t step(const struct framing *framing, struct framing_state *state, const uint8_t *p, size_t n)
{
	size_t used;

	if (state->phase == LINES_START)
		return begin(state, *p);
	if (state->phase == BODY) {
		used = walk_payload(state, n);
		if (!state->left)
			lines_end_message(state, (struct lines){0});
		return used;
	}
	used = headers_take(&names, state, p, n);
	if (state->phase == HEADERS_END)
		end_headers(framing, state);
	return used;
}

static size_t advance(const struct framing *framing, struct framing_state *state, const uint8_t *p, size_t n,
		      uint64_t offered)
{
	(void)offered;
	return lines_advance(framing, state, p, n, step);
}

const struct framing_class framing_content_length = {
    .name = "content-length", .advance = advance, .feed = framing_feed_each};
