#include "headers.h"

#include <endian.h>

#include "text.h"

#define AT_MAX 0xfe
#define AT_END 0xff /* lines.at: the word is over, and white space or parameters came */

static bool begins_one(const struct lines_words *words, uint8_t c)
{
	return words->letters & LINES_LETTER(c);
}

static uint8_t find(const struct lines_words *words, uint8_t c)
{
	for (uint8_t i = 0; begins_one(words, c) && i < LINES_WORDS_MAX && words->word[i]; i++)
		if (lines_fits(words->word[i][0], c))
			return (uint8_t)(i + 1);
	return 0;
}

bool lines_word_ends(const struct lines_words *words, const struct lines *lines)
{
	return lines->word && !words->word[lines->word - 1][lines->at];
}

void lines_word(const struct lines_words *words, struct lines *lines, uint8_t c)
{
	if (lines->at == 0)
		lines->word = find(words, c);
	else if (lines->word && !lines_fits(words->word[lines->word - 1][lines->at], c))
		lines->word = 0;
	if (lines->at < AT_MAX)
		lines->at++;
}

size_t lines_match(const struct lines_words *words, struct lines *lines, const uint8_t *p, size_t n)
{
	const char *rest = lines->word ? words->word[lines->word - 1] + lines->at : "";
	size_t i = 0;

	while (i < n && lines_fits(rest[i], p[i]))
		i++;
	lines->at = (uint8_t)(lines->at + i);
	return i;
}

static const struct lines_words vocabularies[] = {
    [FIELD_CONTENT_LENGTH] = {{NULL}, 0},
    [FIELD_TRANSFER_ENCODING] = {{"chunked", "identity"}, LINES_LETTER('c') | LINES_LETTER('i')},
    [FIELD_UPGRADE] = {{"websocket", "h2c"}, LINES_LETTER('w') | LINES_LETTER('h')},
    [FIELD_EXPECT] = {{"100-continue"}, LINES_LETTER('1')},
};

enum { CHUNKED = 1, IDENTITY };

/* RFC 9110, section 8.6: it may come again, if it says the same. */
static bool commit_length(struct lines *lines)
{
	if (!lines->at || (lines->flags & LINES_HAS_LENGTH && lines->length != lines->number))
		return false;
	lines->flags |= LINES_HAS_LENGTH;
	lines->length = lines->number;
	return true;
}

static void commit_coding(struct lines *lines)
{
	if (lines->word == IDENTITY)
		return;
	lines->flags |= LINES_IS_CODED;
	if (lines->word == CHUNKED)
		lines->flags |= LINES_IS_CHUNKED;
	else
		lines->flags &= (uint8_t)~LINES_IS_CHUNKED;
}

static void commit_upgrade(struct lines *lines)
{
	static const uint8_t upgrades[] = {UPGRADE_OTHER, UPGRADE_WEBSOCKET, UPGRADE_H2C};
	uint8_t upgrade = upgrades[lines->word];

	if (lines->upgrade < upgrade)
		lines->upgrade = upgrade;
}

static void end_word(struct lines *lines)
{
	if (!lines_word_ends(&vocabularies[lines->field], lines))
		lines->word = 0;
	lines->at = AT_END;
}

/* An element of the value's list is complete. False: such a value cannot be. */
static bool commit(struct lines *lines)
{
	bool valid = true;

	if (lines->field == FIELD_CONTENT_LENGTH) {
		valid = commit_length(lines);
	} else if (lines->at) {
		if (lines->at != AT_END)
			end_word(lines);
		if (lines->field == FIELD_TRANSFER_ENCODING)
			commit_coding(lines);
		else if (lines->field == FIELD_UPGRADE)
			commit_upgrade(lines);
		else if (lines->word)
			lines->flags |= LINES_EXPECTS;
	}
	lines->at = lines->word = 0;
	lines->number = 0;
	return valid;
}

static bool take_digit(struct lines *lines, uint8_t c)
{
	if (c < '0' || c > '9' || lines->at == AT_END || lines->number > INT64_MAX / 10 - 1)
		return false;
	lines->number = lines->number * 10 + (uint64_t)(c - '0');
	lines->at = 1;
	return true;
}

static bool is_space(uint8_t c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* A byte of the value of a field that matters: a list of numbers, or of words with parameters. */
static bool take_value(struct lines *lines, uint8_t c)
{
	if (c == ',')
		return commit(lines);
	if (is_space(c)) {
		if (lines->at && lines->field == FIELD_CONTENT_LENGTH)
			lines->at = AT_END;
		else if (lines->at && lines->at != AT_END)
			end_word(lines);
		return true;
	}
	if (lines->field == FIELD_CONTENT_LENGTH)
		return take_digit(lines, c);
	if (lines->at == AT_END)
		return true;
	if (c == ';' || c == '/')
		end_word(lines);
	else
		lines_word(&vocabularies[lines->field], lines, c);
	return true;
}

/* The first byte of a line tells whether the one before goes on. */
static size_t take_line(struct framing_state *state, uint8_t c)
{
	struct lines *lines = lines_of(state);

	if (c == ' ' || c == '\t') {
		state->phase = lines->field ? HEADERS_VALUE : HEADERS_SKIP;
		return walk_sent(state, 1);
	}
	if (lines->field && !commit(lines))
		return walk_desync(state);
	lines->field = FIELD_OTHER;
	lines->word = lines->at = 0;
	lines->number = 0;
	state->phase = c == '\r' ? HEADERS_BLANK : c == '\n' ? HEADERS_END : HEADERS_NAME;
	return state->phase == HEADERS_NAME ? 0 : walk_sent(state, 1);
}

static bool is_blank(uint8_t c)
{
	return c == ' ' || c == '\t';
}

#define EACH(byte) ((byte)*UINT64_C(0x0101010101010101))

/* The lowest bit that is set is the highest of the first byte that is a colon or less than a space. */
static ALWAYS_INLINE uint64_t stops(uint64_t bytes)
{
	uint64_t colons = bytes ^ EACH(':');

	return (((bytes - EACH(' ')) & ~bytes) | ((colons - EACH(1)) & ~colons)) & EACH(0x80);
}

static bool stops_name(uint8_t c)
{
	return c == ':' || (c < ' ' && c != '\t');
}

/* Eight bytes at a time, as far as they go. */
static ALWAYS_INLINE size_t skip_name(const uint8_t *p, size_t i, size_t n)
{
	uint64_t bytes, found;

	for (; n - i >= sizeof(bytes); i += sizeof(bytes)) {
		memcpy(&bytes, p + i, sizeof(bytes));
		found = stops(le64toh(bytes));
		if (found) {
			i += (size_t)__builtin_ctzll(found) / 8;
			break;
		}
	}
	while (i < n && !stops_name(p[i]))
		i++;
	return i;
}

/* Up to the colon, or a byte that no name has. RFC 3261, section 25.1: white space may stand before it. */
static size_t read_name(const struct header_names *names, struct lines *lines, const uint8_t *p, size_t n)
{
	size_t i = 0;

	if (!lines->at && !stops_name(p[0]))
		lines_word(&names->words, lines, p[i++]);
	i += lines_match(&names->words, lines, p + i, n - i);
	while (i < n && is_blank(p[i]) && lines_word_ends(&names->words, lines))
		i++;
	if (i < n && p[i] != ':' && lines->word)
		lines_word(&names->words, lines, p[i]);
	return skip_name(p, i, n);
}

static bool matters(const struct header_names *names, const struct lines *lines)
{
	return lines_word_ends(&names->words, lines) &&
	       !(names->first_counts && lines->flags & LINES_HAS_LENGTH);
}

static size_t take_name(const struct header_names *names, struct framing_state *state, const uint8_t *p,
			size_t n)
{
	struct lines *lines = lines_of(state);
	size_t i = read_name(names, lines, p, n);

	if (i == n)
		return walk_sent(state, n);
	if (p[i] != ':' || !lines->at)
		return walk_desync(state);
	if (matters(names, lines))
		lines->field = names->fields[lines->word - 1];
	lines->word = lines->at = 0;
	state->phase = lines->field ? HEADERS_VALUE : HEADERS_SKIP;
	return walk_sent(state, i + 1);
}

static size_t take_values(struct framing_state *state, const uint8_t *p, size_t n)
{
	struct lines *lines = lines_of(state);

	for (size_t i = 0; i < n; i++) {
		if (!take_value(lines, p[i]))
			return walk_desync(state);
		if (p[i] == '\n') {
			state->phase = HEADERS_LINE;
			return walk_sent(state, i + 1);
		}
	}
	return walk_sent(state, n);
}

static size_t skip_line(struct framing_state *state, const uint8_t *p, size_t n)
{
	const uint8_t *end = memchr(p, '\n', n);

	if (!end)
		return walk_sent(state, n);
	state->phase = HEADERS_LINE;
	return walk_sent(state, (size_t)(end - p) + 1);
}

static size_t take_blank(struct framing_state *state, uint8_t c)
{
	if (c != '\n')
		return walk_desync(state);
	state->phase = HEADERS_END;
	return walk_sent(state, 1);
}

/* True if a name, of printable bytes, begins like p[0..n), n > 0. *ends: it is that. */
static ALWAYS_INLINE bool is_name(const char *name, const uint8_t *p, size_t n, bool *ends)
{
	size_t i = 0;

	while (i < n && (p[i] | 0x20) == name[i])
		i++;
	*ends = i == n && !name[i];
	return i == n || !name[i];
}

/* Which of the names that matter it is, counted from 1; 0: none. */
static ALWAYS_INLINE uint8_t find_name(const struct lines_words *words, const uint8_t *p, size_t n,
				       bool *ends)
{
	if (begins_one(words, *p))
		for (uint8_t i = 0; i < LINES_WORDS_MAX && words->word[i]; i++)
			if (is_name(words->word[i], p, n, ends))
				return (uint8_t)(i + 1);
	return 0;
}

/* A length, where all of the line is there and it is a plain one: it counts when the next line has begun.
 * Returns how many bytes it has behind the name; 0: it must be looked at. */
static size_t take_length(struct lines *lines, const uint8_t *p, size_t n)
{
	size_t at = n > 1 && p[1] == ' ' ? 2 : 1;
	uint64_t number;
	size_t digits = text_number(p + at, n - at, &number);

	at += digits;
	if (!digits || n - at < 2)
		return 0;
	at += p[at] == '\r';
	if (p[at] != '\n')
		return 0;
	lines->field = FIELD_CONTENT_LENGTH;
	lines->number = number;
	lines->word = 0;
	lines->at = AT_END;
	return at + 1;
}

static bool is_length(const struct header_names *names, const struct lines *lines, uint8_t word)
{
	return names->fields[word - 1] == FIELD_CONTENT_LENGTH &&
	       !(names->first_counts && lines->flags & LINES_HAS_LENGTH);
}

/* Lines that are whole in p[0..n), from the beginning of one on, and say nothing that matters, or a length.
 * Returns how many bytes they have. */
static size_t whole_lines(const struct header_names *names, struct lines *lines, const uint8_t *p, size_t n)
{
	size_t at = 0;
	bool ends = false;

	while (at < n && p[at] > ' ' && p[at] != ':') {
		size_t colon = skip_name(p, at, n);
		const uint8_t *end;
		uint8_t word;

		if (colon == n || p[colon] != ':')
			break;
		word = find_name(&names->words, p + at, colon - at, &ends);
		if (word) {
			size_t rest = ends && is_length(names, lines, word)
					  ? take_length(lines, p + colon, n - colon)
					  : 0;
			return rest ? colon + rest : at;
		}
		end = memchr(p + colon, '\n', n - colon);
		if (!end)
			break;
		at = (size_t)(end - p) + 1;
	}
	return at;
}

/* At the beginning of a line; the one before may still have to be looked at. */
static size_t take_lines(const struct header_names *names, struct framing_state *state, const uint8_t *p,
			 size_t n)
{
	struct lines *lines = lines_of(state);
	size_t used = lines->field ? 0 : whole_lines(names, lines, p, n);

	return used ? walk_sent(state, used) : take_line(state, *p);
}

size_t headers_take(const struct header_names *names, struct framing_state *state, const uint8_t *p, size_t n)
{
	size_t used = 0;

	while (used < n && state->phase != HEADERS_END && !state->desync) {
		if (state->phase == HEADERS_LINE)
			used += take_lines(names, state, p + used, n - used);
		else if (state->phase == HEADERS_NAME)
			used += take_name(names, state, p + used, n - used);
		else if (state->phase == HEADERS_VALUE)
			used += take_values(state, p + used, n - used);
		else if (state->phase == HEADERS_SKIP)
			used += skip_line(state, p + used, n - used);
		else
			used += take_blank(state, p[used]);
	}
	return used;
}

size_t lines_empty(struct framing_state *state, uint8_t c)
{
	if (state->phase == LINES_EMPTY && c != '\n')
		return walk_desync(state);
	state->phase = LINES_EMPTY;
	walk_sent(state, 1);
	if (c == '\n') {
		walk_end_message(state);
		state->phase = LINES_START;
	}
	return 1;
}

void lines_end_message(struct framing_state *state, struct lines kept)
{
	*lines_of(state) = kept;
	state->phase = LINES_START;
	state->have = 0;
	state->left = 0;
	walk_end_message(state);
}

/* A step may find that the message had ended before, and that it stands inside another (http1.c). */
size_t lines_advance(const struct framing *framing, struct framing_state *state, const uint8_t *p, size_t n,
		     walk_step *step)
{
	uint32_t messages = state->messages;
	uint8_t parser = state->parser;
	size_t used = 0;

	while (used < n && state->parser == parser && (state->inside || state->messages == messages)) {
		used += step(framing, state, p + used, n - used);
		if (state->desync)
			return n;
	}
	return used;
}

size_t lines_advance_watched(const struct framing *framing, struct framing_state *state, const uint8_t *p,
			     size_t n, walk_step *step)
{
	size_t used = lines_advance(framing, state, p, n, step);

	state->watch = state->inside && state->phase == HEADERS_LINE;
	return used;
}
