#ifndef POISONSHIM_FRAMING_IMAP_H
#define POISONSHIM_FRAMING_IMAP_H

#include "text.h"

/* What the two parts of framing imap share: its lines, imap.c, and its literals, imap_literal.c. */

/* What the next byte is, in state->have. The first is 0: the stream stands between two lines. The last two:
 * bytes of a literal, unless they turn out to be a command. */
enum { IMAP_START, IMAP_WORD, IMAP_VERB, IMAP_REST, IMAP_LITERAL_OR_TAG, IMAP_LITERAL_OR_VERB };

#define IMAP_VERB_MAX 8

struct imap {
	uint64_t number;	      /* of bytes of the literal */
	char verb[IMAP_VERB_MAX + 1]; /* the line's second word, in capital letters */
	uint8_t length;		      /* of it, up to IMAP_VERB_MAX; before: 1 behind a first byte */
	uint8_t first;		      /* byte of the first word */
	uint8_t tail;		      /* how much of {n+} the line ends in, so far */
	uint8_t digits;		      /* of n */
	bool is_forced : 1;	      /* {n+}: the client does not wait for the server */
	bool is_tag : 1;	      /* the first word cannot be an answer in AUTHENTICATE */
	bool is_doubtful : 1;	      /* whether what looked like a literal is one */
	bool is_alike : 1;	      /* to the tag, what a literal begins with */
} __attribute__((packed, may_alias));

_Static_assert(sizeof(struct imap) <= FRAMING_HEAD_MAX, "it lies in the head");

static inline struct imap *imap_of(struct framing_state *state)
{
	return (struct imap *)state->head;
}

static inline bool imap_is_letter(uint8_t byte)
{
	return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z');
}

static inline bool imap_is_digit(uint8_t byte)
{
	return byte >= '0' && byte <= '9';
}

/* Clients that are known have no other tags. */
static inline bool imap_may_be_in_tag(uint8_t byte)
{
	return imap_is_letter(byte) || imap_is_digit(byte) || byte == '.' || byte == '-' || byte == '_';
}

static inline bool imap_ends_word(uint8_t byte)
{
	return byte == ' ' || byte == '\r' || byte == '\n';
}

static inline void imap_keep_verb(struct imap *imap, uint8_t byte)
{
	if (imap->length < IMAP_VERB_MAX)
		imap->verb[imap->length++] = (char)(imap_is_letter(byte) ? byte & ~0x20 : byte);
}

/* Bytes of a line before its line feed. */
void imap_take_tail(struct imap *imap, const uint8_t *p, size_t n);

/* Behind the line feed: true if a literal of imap->number bytes begins. */
bool imap_begins_literal(const struct imap *imap);

/* A byte that belongs to a literal, unless it is a command's. */
size_t imap_literal_or_command(struct framing_state *state, uint8_t byte);

/* True if those are the first bytes of a command or a response. */
bool imap_begins_message(const struct framing_state *state, const uint8_t *p, size_t n);

#endif
