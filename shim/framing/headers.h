#ifndef POISONSHIM_FRAMING_HEADERS_H
#define POISONSHIM_FRAMING_HEADERS_H

#include "walk.h"

/* What the framings share whose messages begin with lines of text, "Name: value" up to an empty one: http1,
 * content-length, sip. Lines end in LF, with a CR before it or without; a line that begins with white space
 * goes on with the value before (RFC 9112, section 5.2). */

/* Steps, framing_state.phase; 0 is the start of a message, from LINES_PHASES on the framing has its own. */
enum lines_phase {
	LINES_START,
	START_LINE_WORD,
	START_LINE_TARGET,
	START_LINE_VERSION,
	START_LINE_STATUS,
	START_LINE_REST,
	START_LINE_LOST, /* the next byte cannot be part of it */
	HEADERS_LINE,
	HEADERS_NAME,
	HEADERS_VALUE,
	HEADERS_SKIP,
	HEADERS_BLANK,
	HEADERS_END, /* the empty line is complete */
	LINES_EMPTY, /* a CR where a message could begin */
	LINES_PHASES,
};

enum header_field { FIELD_OTHER, FIELD_CONTENT_LENGTH, FIELD_TRANSFER_ENCODING, FIELD_UPGRADE, FIELD_EXPECT };

enum { UPGRADE_NONE, UPGRADE_OTHER, UPGRADE_H2C, UPGRADE_WEBSOCKET };

enum {
	LINES_HAS_LENGTH = 0x1,
	LINES_IS_CODED = 0x2,	/* a transfer coding other than identity */
	LINES_IS_CHUNKED = 0x4, /* and the last one is chunked */
	LINES_EXPECTS = 0x8,	/* 100-continue */
	LINES_FLAGS = 0x10,	/* from here on the framing's own */
};

/* What is kept in framing_state.head. */
struct lines {
	uint64_t length; /* what Content-Length said */
	uint64_t number; /* the number that is being read */
	uint16_t status; /* of a response; 0: a request */
	uint8_t field;	 /* enum header_field */
	uint8_t word;	 /* which of a list the word is that is being read, counted from 1; 0: none */
	uint8_t at;	 /* bytes of that word so far; 0: not begun */
	uint8_t flags;
	uint8_t upgrade; /* to what: the best of what was offered */
	uint8_t mode;	 /* owned by the framing */
} __attribute__((packed, may_alias));

_Static_assert(sizeof(struct lines) <= FRAMING_HEAD_MAX, "there is room for this much");

static inline struct lines *lines_of(struct framing_state *state)
{
	return (void *)state->head;
}

/* Words to be recognised: small letters in any case, '#' for a digit, '+' for one that is not 0. No two begin
 * alike. */
#define LINES_WORDS_MAX 5
struct lines_words {
	const char *word[LINES_WORDS_MAX];
	uint32_t letters; /* LINES_LETTER of each first byte: most words are none of the list by that */
};

#define LINES_LETTER(c) (UINT32_C(1) << ((c)&0x1f))

/* A byte of such a word. */
static ALWAYS_INLINE bool lines_fits(char expected, uint8_t c)
{
	uint8_t wanted = (uint8_t)expected;

	if (wanted == c && wanted > '+')
		return true;
	if (wanted == (c | 0x20) && expected >= 'a' && expected <= 'z')
		return true;
	if (expected == '#' || expected == '+')
		return c >= (expected == '#' ? '0' : '1') && c <= '9';
	return expected && wanted == c;
}

/* True if the word that was read is one of the list, as a whole. */
bool lines_word_ends(const struct lines_words *words, const struct lines *lines);

/* The next byte of a word. */
void lines_word(const struct lines_words *words, struct lines *lines, uint8_t c);

/* Takes bytes as long as they are those of the word that was recognised so far; returns how many. */
size_t lines_match(const struct lines_words *words, struct lines *lines, const uint8_t *p, size_t n);

struct header_names {
	struct lines_words words;
	uint8_t fields[LINES_WORDS_MAX]; /* enum header_field */
	bool first_counts;		 /* a length that comes again means nothing */
};

/* Takes bytes of header lines, and of the empty one behind them. */
size_t headers_take(const struct header_names *names, struct framing_state *state, const uint8_t *p,
		    size_t n);

/* The first line of a message: "METHOD target VERSION" or "VERSION status reason". */
struct start_line {
	struct lines_words words; /* versions first, then methods that must be told apart */
	uint8_t versions;
};

/* Takes bytes of one part of it, up to the place where the phase changes. `strict`: methods are in capitals,
 * and targets begin like one. */
size_t start_line_take(const struct start_line *line, struct framing_state *state, const uint8_t *p, size_t n,
		       bool strict);

/* True if p[0..n), the first bytes of a write, begin with a whole line of that kind, response or request; or
 * a request's line that is longer than what can be seen. */
bool start_line_is(const struct start_line *line, const uint8_t *p, size_t n, bool response);

/* An empty line where a message could begin is a message of its own. */
size_t lines_empty(struct framing_state *state, uint8_t c);

/* framing_class.advance of such a framing. `step` takes bytes of one phase, or changes it. */
size_t lines_advance(const struct framing *framing, struct framing_state *state, const uint8_t *p, size_t n,
		     walk_step *step);

/* The same where the first line of a message that stands where a header line must begin proves abandonment.
 */
size_t lines_advance_watched(const struct framing *framing, struct framing_state *state, const uint8_t *p,
			     size_t n, walk_step *step);

/* Ends the message; what is kept for the next one is `kept`. */
void lines_end_message(struct framing_state *state, struct lines kept);

#endif
