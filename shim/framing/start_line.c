#include "headers.h"

#define WORD_MAX 32
#define STATUS_DIGITS 3

static bool is_capital(uint8_t c)
{
	return c >= 'A' && c <= 'Z';
}

static bool is_digit(uint8_t c)
{
	return c >= '0' && c <= '9';
}

static bool is_letter(uint8_t c)
{
	return is_capital(c) || (c >= 'a' && c <= 'z');
}

static bool is_version(const struct start_line *line, const struct lines *lines)
{
	return lines->word <= line->versions && lines_word_ends(&line->words, lines);
}

/* Of a method, or of a version, in which other bytes may stand. */
static bool is_of_word(const struct start_line *line, const struct lines *lines, uint8_t c, bool strict)
{
	if (is_capital(c) || c == '-' || c == '_' || (lines->word && lines->word <= line->versions))
		return true;
	return !strict && (is_letter(c) || is_digit(c) || c == '.');
}

static size_t lose(struct framing_state *state, size_t used)
{
	state->phase = START_LINE_LOST;
	return used ? walk_sent(state, used) : 0;
}

static size_t enter(struct framing_state *state, uint8_t phase, size_t used)
{
	state->phase = phase;
	state->have = 0;
	return walk_sent(state, used);
}

/* Up to the space behind the word, or a byte that no word has. */
static size_t read_word(const struct start_line *line, struct lines *lines, const uint8_t *p, size_t n,
			bool strict)
{
	size_t i = lines_match(&line->words, lines, p, n);

	if (i < n && p[i] != ' ') {
		lines->word = 0;
		while (i < n && is_of_word(line, lines, p[i], strict))
			i++;
	}
	return i;
}

static size_t take_word(const struct start_line *line, struct framing_state *state, const uint8_t *p,
			size_t n, bool strict)
{
	struct lines *lines = lines_of(state);
	size_t most = WORD_MAX - state->have, i = 0;

	if (!state->have) {
		lines_word(&line->words, lines, p[i]);
		if (!is_of_word(line, lines, p[i++], strict))
			return lose(state, 0);
	}
	i += read_word(line, lines, p + i, (n < most ? n : most) - i, strict);
	state->have = (uint16_t)(state->have + i);
	lines->at = (uint8_t)state->have;
	if (i == n)
		return walk_sent(state, n);
	if (p[i] != ' ')
		return lose(state, i);
	return enter(state, is_version(line, lines) ? START_LINE_STATUS : START_LINE_TARGET, i + 1);
}

static bool begins_target(uint8_t c)
{
	return c == '/' || c == '*' || is_letter(c) || is_digit(c) || c == '[';
}

static size_t take_target(struct framing_state *state, const uint8_t *p, size_t n, bool strict)
{
	size_t i = 0;

	if (strict && !state->have && !begins_target(p[0]))
		return lose(state, 0);
	state->have = 1;
	while (i < n && p[i] > ' ' && p[i] != 0x7f)
		i++;
	if (i == n)
		return walk_sent(state, n);
	if (p[i] != ' ')
		return lose(state, i);
	lines_of(state)->at = lines_of(state)->word = 0;
	return enter(state, START_LINE_VERSION, i + 1);
}

/* What was taken for a version is more of the target. */
static size_t go_back(struct framing_state *state, size_t used)
{
	state->phase = START_LINE_TARGET;
	state->have = 1;
	return used ? walk_sent(state, used) : 0;
}

static size_t end_version(const struct start_line *line, struct framing_state *state, const uint8_t *p,
			  size_t i)
{
	if (!is_version(line, lines_of(state)))
		return lose(state, i);
	return enter(state, p[i] == '\n' ? HEADERS_LINE : START_LINE_REST, i + 1);
}

static bool ends_line(uint8_t c)
{
	return c == '\r' || c == '\n';
}

/* There are programs that write a space in a target. */
static size_t take_version(const struct start_line *line, struct framing_state *state, const uint8_t *p,
			   size_t n)
{
	struct lines *lines = lines_of(state);
	size_t i = 0;

	if (!lines->at && !ends_line(p[0])) {
		lines_word(&line->words, lines, p[0]);
		if (!lines->word)
			return go_back(state, 0);
		i = 1;
	}
	i += lines_match(&line->words, lines, p + i, n - i);
	while (i < n && p[i] == ' ' && is_version(line, lines))
		i++;
	if (i == n)
		return walk_sent(state, n);
	return ends_line(p[i]) ? end_version(line, state, p, i) : go_back(state, i);
}

static size_t take_status(struct framing_state *state, const uint8_t *p, size_t n)
{
	struct lines *lines = lines_of(state);
	size_t i = 0;

	for (; i < n && state->have < STATUS_DIGITS; i++, state->have++) {
		if (!is_digit(p[i]) || (p[i] == '0' && !state->have))
			return lose(state, i);
		lines->status = (uint16_t)(lines->status * 10 + (p[i] - '0'));
	}
	if (i == n)
		return walk_sent(state, n);
	if (p[i] != ' ' && p[i] != '\r' && p[i] != '\n')
		return lose(state, i);
	return enter(state, p[i] == '\n' ? HEADERS_LINE : START_LINE_REST, i + 1);
}

static size_t take_rest(struct framing_state *state, const uint8_t *p, size_t n)
{
	const uint8_t *end = memchr(p, '\n', n);

	if (!end)
		return walk_sent(state, n);
	return enter(state, HEADERS_LINE, (size_t)(end - p) + 1);
}

/* How long the word is if p[0..n) begin with it; 0: they do not, or are too few. */
static ALWAYS_INLINE size_t word_length(const char *word, const uint8_t *p, size_t n)
{
	size_t i = 0;

	while (i < n && lines_fits(word[i], p[i]))
		i++;
	return word[i] ? 0 : i;
}

static size_t version_length(const struct start_line *line, const uint8_t *p, size_t n)
{
	size_t length = 0;

	for (size_t i = 0; i < line->versions && !length; i++)
		length = word_length(line->words.word[i], p, n);
	return length;
}

static bool begins_known_method(const struct start_line *line, const uint8_t *p, size_t n)
{
	for (size_t i = line->versions; i < LINES_WORDS_MAX && line->words.word[i]; i++)
		if (word_length(line->words.word[i], p, n))
			return true;
	return false;
}

static bool is_status(const uint8_t *p)
{
	return p[0] == ' ' && p[1] > '0' && p[1] <= '9' && is_digit(p[2]) && is_digit(p[3]) &&
	       (p[4] == ' ' || ends_line(p[4]));
}

/* All of the line is there; up to what? 0: it must be looked at step by step. */
static size_t whole_response(struct lines *lines, const uint8_t *p, size_t n, size_t version)
{
	const uint8_t *status = p + version, *end;

	if (n - version < STATUS_DIGITS + 2 || !is_status(status))
		return 0;
	end = memchr(status + 4, '\n', n - version - 4);
	if (!end)
		return 0;
	lines->status = (uint16_t)((status[1] - '0') * 100 + (status[2] - '0') * 10 + (status[3] - '0'));
	return (size_t)(end - p) + 1;
}

/* The methods that are words of the line mean something to the framing. */
static size_t whole_method(const struct start_line *line, const uint8_t *p, size_t n)
{
	size_t i = 0;

	while (i < n && i < WORD_MAX && is_capital(p[i]))
		i++;
	return i && i < n && p[i] == ' ' && !begins_known_method(line, p, n) ? i + 1 : 0;
}

static size_t whole_request(const struct start_line *line, const uint8_t *p, size_t n)
{
	size_t at = whole_method(line, p, n), version;

	if (!at || at == n || !begins_target(p[at]))
		return 0;
	while (at < n && p[at] > ' ' && p[at] != 0x7f)
		at++;
	if (n - at < 2 || p[at] != ' ')
		return 0;
	version = version_length(line, p + at + 1, n - at - 1);
	at += 1 + version;
	return version && n - at >= 2 && p[at] == '\r' && p[at + 1] == '\n' ? at + 2 : 0;
}

static size_t whole_line(const struct start_line *line, struct lines *lines, const uint8_t *p, size_t n)
{
	size_t version = version_length(line, p, n);

	return version ? whole_response(lines, p, n, version) : whole_request(line, p, n);
}

size_t start_line_take(const struct start_line *line, struct framing_state *state, const uint8_t *p, size_t n,
		       bool strict)
{
	size_t whole = 0;

	if (state->phase == START_LINE_WORD && !state->have)
		whole = whole_line(line, lines_of(state), p, n);
	if (whole)
		return enter(state, HEADERS_LINE, whole);
	switch (state->phase) {
	case START_LINE_WORD:
		return take_word(line, state, p, n, strict);
	case START_LINE_TARGET:
		return take_target(state, p, n, strict);
	case START_LINE_VERSION:
		return take_version(line, state, p, n);
	case START_LINE_STATUS:
		return take_status(state, p, n);
	default:
		return take_rest(state, p, n);
	}
}

/* "METHOD /target" of which nothing more can be seen. */
static bool is_long_request(const struct framing_state *scratch, const uint8_t *p, size_t n)
{
	const uint8_t *space = memchr(p, ' ', n);

	return n == FRAMING_PROOF_MAX && scratch->phase == START_LINE_TARGET && space && space < p + n - 1 &&
	       space[1] == '/';
}

bool start_line_is(const struct start_line *line, const uint8_t *p, size_t n, bool response)
{
	struct framing_state scratch = {.phase = START_LINE_WORD};
	size_t used = 0;

	while (used < n && scratch.phase < START_LINE_REST)
		used += start_line_take(line, &scratch, p + used, n - used, true);
	if (!response && is_long_request(&scratch, p, n))
		return true;
	return (scratch.phase == START_LINE_REST || scratch.phase == HEADERS_LINE) &&
	       (lines_of(&scratch)->status != 0) == response;
}
