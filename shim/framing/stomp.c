#include "headers.h"
#include "text.h"

/* STOMP 1.0 to 1.2 (stomp.github.io): a command, header lines, an empty one, a body, and a NUL. The body is
 * as long as the first content-length says, else it has no NUL. Line ends may stand between frames, as
 * heart-beats; each is a message. Frames are alike on both sides, but for their commands. */

enum { COMMAND = LINES_PHASES, COMMAND_LF, COUNTED_BODY, BODY };

#define COMMAND_MAX 12

static const char commands[][COMMAND_MAX] = {
    "SEND",  "MESSAGE", "ACK",	 "NACK",      "SUBSCRIBE", "UNSUBSCRIBE", "BEGIN", "COMMIT",
    "ABORT", "CONNECT", "STOMP", "CONNECTED", "RECEIPT",   "DISCONNECT",  "ERROR",
};

static const struct header_names names = {
    .words = {{"content-length"}, LINES_LETTER('c')}, .fields = {FIELD_CONTENT_LENGTH}, .first_counts = true};

static bool is_capital(uint8_t c)
{
	return c >= 'A' && c <= 'Z';
}

/* Takes bytes of a command to text[at], and returns how many. */
static size_t read_command(uint8_t text[COMMAND_MAX], size_t at, const uint8_t *p, size_t n)
{
	size_t used = 0;

	while (used < n && at + used < COMMAND_MAX && is_capital(p[used])) {
		text[at + used] = p[used];
		used++;
	}
	return used;
}

/* With zeros behind it. */
static bool is_command(const uint8_t text[COMMAND_MAX])
{
	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++)
		if (memcmp(text, commands[i], COMMAND_MAX) == 0)
			return true;
	return false;
}

static size_t begin(struct framing_state *state, uint8_t c)
{
	if (c == '\r' || c == '\n')
		return lines_empty(state, c);
	*lines_of(state) = (struct lines){0};
	state->phase = COMMAND;
	return 0;
}

static size_t end_command(struct framing_state *state)
{
	*lines_of(state) = (struct lines){0};
	state->phase = HEADERS_LINE;
	return walk_sent(state, 1);
}

static size_t take_command(struct framing_state *state, const uint8_t *p, size_t n)
{
	size_t used = read_command(state->head, state->have, p, n);

	state->have = (uint16_t)(state->have + used);
	if (used)
		return walk_sent(state, used);
	if ((*p != '\r' && *p != '\n') || !is_command(state->head))
		return walk_desync(state);
	if (*p == '\n')
		return end_command(state);
	state->phase = COMMAND_LF;
	return walk_sent(state, 1);
}

/* The NUL is counted, too. */
static void begin_body(struct framing_state *state)
{
	const struct lines *lines = lines_of(state);

	state->phase = BODY;
	if (lines->flags & LINES_HAS_LENGTH) {
		state->phase = COUNTED_BODY;
		state->left = lines->length + 1;
	}
}

static size_t take_headers(struct framing_state *state, const uint8_t *p, size_t n)
{
	size_t used = headers_take(&names, state, p, n);

	if (state->phase == HEADERS_END)
		begin_body(state);
	return used;
}

static size_t take_counted(struct framing_state *state, const uint8_t *p, size_t n)
{
	size_t used = walk_payload(state, n);

	if (state->left)
		return used;
	if (p[used - 1])
		return walk_desync(state);
	lines_end_message(state, (struct lines){0});
	return used;
}

static size_t take_body(const struct framing *framing, struct framing_state *state, const uint8_t *p,
			size_t n)
{
	const uint8_t *end = memchr(p, 0, n);
	size_t used = walk_sent(state, end ? (size_t)(end - p) + 1 : n);

	if (!text_fits(framing, state))
		return walk_desync(state);
	if (end)
		lines_end_message(state, (struct lines){0});
	return used;
}

static size_t take(const struct framing *framing, struct framing_state *state, const uint8_t *p, size_t n)
{
	switch (state->phase) {
	case LINES_START:
		return begin(state, *p);
	case LINES_EMPTY:
		return lines_empty(state, *p);
	case COMMAND:
		return take_command(state, p, n);
	case COMMAND_LF:
		return *p == '\n' ? end_command(state) : walk_desync(state);
	case COUNTED_BODY:
		return take_counted(state, p, n);
	case BODY:
		return take_body(framing, state, p, n);
	default:
		return take_headers(state, p, n);
	}
}

static size_t step(const struct framing *framing, struct framing_state *state, const uint8_t *p, size_t n)
{
	size_t used = take(framing, state, p, n);

	return text_fits(framing, state) ? used : walk_desync(state);
}

static size_t advance(const struct framing *framing, struct framing_state *state, const uint8_t *p, size_t n,
		      uint64_t offered)
{
	(void)offered;
	return lines_advance_watched(framing, state, p, n, step);
}

/* A header line has a colon, a command's line has none. */
static bool abandons(const struct framing *framing, const struct framing_state *state, const uint8_t *p,
		     size_t n)
{
	uint8_t text[COMMAND_MAX] = {0};
	size_t at = read_command(text, 0, p, n);

	(void)framing;
	(void)state;
	if (at < n && p[at] == '\r')
		at++;
	return at < n && p[at] == '\n' && is_command(text);
}

const struct framing_class framing_stomp = {
    .name = "stomp", .advance = advance, .feed = framing_feed_each, .abandons = abandons};
