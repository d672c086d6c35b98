#include "http1.h"

/* What can be said of a stream without seeing the next bytes. */

/* Bytes that nobody can see are no header. */
static void settle(struct framing_state *state)
{
	struct lines *lines = lines_of(state);

	if (state->phase == LINES_START && lines->mode == MODE_SOFT) {
		state->left = lines->length;
		http1_begin_body(state);
	} else if (state->phase == HTTP1_PEEK || state->phase == HTTP1_PEEK_TO_END ||
		   (state->phase < START_LINE_LOST && lines->mode == MODE_SOFT)) {
		http1_begin_body(state);
	}
}

static uint64_t skip_rest(struct framing_state *state, uint64_t n)
{
	uint64_t skipped = n < state->left ? n : state->left;

	state->left -= skipped;
	state->sent += skipped;
	state->inside = true;
	if (!state->left && state->phase == HTTP1_CHUNK_DATA)
		state->phase = HTTP1_CHUNK_END;
	else if (!state->left)
		http1_end_message(state);
	http1_watch(state);
	return skipped;
}

uint64_t http1_skip(const struct framing *framing, struct framing_state *state, uint64_t n, uint64_t offered)
{
	(void)framing;
	(void)offered;
	if (!n)
		return 0;
	settle(state);
	if (state->phase == HTTP1_BODY || state->phase == HTTP1_CHUNK_DATA)
		return skip_rest(state, n);
	if (state->phase != HTTP1_TO_END)
		return 0;
	state->sent += n;
	state->inside = true;
	return n;
}

bool http1_is_open_ended(const struct framing *framing, const struct framing_state *state)
{
	struct lines lines;

	(void)framing;
	memcpy(&lines, state->head, sizeof(lines));
	switch (state->phase) {
	case HTTP1_TO_END:
	case HTTP1_PEEK_TO_END:
		return true;
	case HTTP1_PEEK:
		return lines.at == 0;
	case HTTP1_CHUNK_SIZE:
		return lines.status && lines.flags & HTTP1_FIRST && !state->have;
	default:
		return false;
	}
}
