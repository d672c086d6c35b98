#include "imap.h"

/* {n}, {n+} or ~{n} before the end of a line. */
enum { TAIL_NONE, TAIL_NUMBER, TAIL_PLUS, TAIL_BRACE, TAIL_CR };

#define LONGEST_TAG 32
#define DIGITS_MAX 18
#define TAIL_MAX (DIGITS_MAX + 4) /* {n+} and a carriage return */

static void take_number(struct imap *imap, uint8_t byte)
{
	uint64_t number = text_digit(imap->number, byte);

	if (number != TEXT_NOT_A_NUMBER && imap->digits < DIGITS_MAX) {
		imap->number = number;
		imap->digits++;
		return;
	}
	imap->tail = TAIL_NONE;
	imap->is_forced = byte == '+';
	if (imap->digits && imap->is_forced)
		imap->tail = TAIL_PLUS;
	else if (imap->digits && byte == '}')
		imap->tail = TAIL_BRACE;
}

static void take_tail_byte(struct imap *imap, uint8_t byte)
{
	if (byte == '{') {
		imap->tail = TAIL_NUMBER;
		imap->number = 0;
		imap->digits = 0;
	} else if (imap->tail == TAIL_NUMBER) {
		take_number(imap, byte);
	} else if (imap->tail == TAIL_PLUS) {
		imap->tail = byte == '}' ? TAIL_BRACE : TAIL_NONE;
	} else {
		imap->tail = imap->tail == TAIL_BRACE && byte == '\r' ? TAIL_CR : TAIL_NONE;
	}
}

/* So many bytes make it forget what came before. */
void imap_take_tail(struct imap *imap, const uint8_t *p, size_t n)
{
	if (n > TAIL_MAX) {
		p += n - TAIL_MAX;
		n = TAIL_MAX;
	}
	for (; n; p++, n--)
		take_tail_byte(imap, *p);
}

bool imap_begins_literal(const struct imap *imap)
{
	return imap->tail == TAIL_BRACE || imap->tail == TAIL_CR;
}

/* Commands with which a client may go on whose literal was refused. */
static const char verbs[][IMAP_VERB_MAX + 1] = {
    "APPEND", "AUTHENTI", "CAPABILI", "CHECK", "CLOSE",	   "COPY", "CREATE",   "DELETE",
    "ENABLE", "EXAMINE",  "EXPUNGE",  "FETCH", "GETQUOTA", "ID",   "IDLE",     "LIST",
    "LOGIN",  "LOGOUT",	  "LSUB",     "MOVE",  "NAMESPAC", "NOOP", "RENAME",   "SEARCH",
    "SELECT", "STARTTLS", "STATUS",   "STORE", "SUBSCRIB", "UID",  "UNSELECT", "UNSUBSCR"};

static bool is_known(const struct imap *imap)
{
	for (size_t i = 0; i < sizeof(verbs) / sizeof(verbs[0]); i++)
		if (memcmp(verbs[i], imap->verb, sizeof(imap->verb)) == 0)
			return true;
	return false;
}

/* Clients count: tags begin alike. */
static bool begins_alike(uint8_t a, uint8_t b)
{
	return a == b || (imap_is_digit(a) && imap_is_digit(b));
}

/* The byte that told is left to the next step. */
static size_t is_literal(struct framing_state *state, bool is_certain)
{
	struct imap *imap = imap_of(state);

	imap->is_doubtful = imap->is_doubtful || !is_certain;
	state->have = IMAP_REST;
	return walk_sent(state, 0);
}

/* The message ended before the literal; the bytes since then are its successor's. */
static size_t is_command(struct framing_state *state, uint64_t seen)
{
	state->messages++;
	state->sent = seen;
	state->left = 0;
	state->have = IMAP_VERB;
	imap_of(state)->is_doubtful = false;
	return walk_sent(state, 0);
}

static size_t take(struct framing_state *state)
{
	size_t used = walk_payload(state, 1);

	if (!state->left)
		is_literal(state, false);
	return used;
}

static size_t take_tag(struct framing_state *state, uint8_t byte)
{
	struct imap *imap = imap_of(state);
	uint64_t seen = imap->number - state->left;

	if (seen == 0)
		imap->is_alike = begins_alike(byte, imap->first);
	if (byte == ' ') {
		state->have = IMAP_LITERAL_OR_VERB;
		imap->length = 0;
		memset(imap->verb, 0, sizeof(imap->verb));
	} else if (!imap_may_be_in_tag(byte) || seen > LONGEST_TAG) {
		return is_literal(state, !imap_may_be_in_tag(byte));
	}
	return take(state);
}

static size_t take_verb(struct framing_state *state, uint8_t byte)
{
	struct imap *imap = imap_of(state);

	if (imap_is_letter(byte)) {
		imap_keep_verb(imap, byte);
		return take(state);
	}
	if (!imap_ends_word(byte))
		return is_literal(state, true);
	if (!imap->is_alike || !is_known(imap))
		return is_literal(state, false);
	return is_command(state, imap->number - state->left);
}

size_t imap_literal_or_command(struct framing_state *state, uint8_t byte)
{
	return state->have == IMAP_LITERAL_OR_TAG ? take_tag(state, byte) : take_verb(state, byte);
}

bool imap_begins_message(const struct framing_state *state, const uint8_t *p, size_t n)
{
	size_t at = state->server && *p == '*';

	while (at < n && imap_may_be_in_tag(p[at]))
		at++;
	if (!at || at + 1 >= n || p[at] != ' ')
		return false;
	return imap_is_letter(p[at + 1]) || (*p == '*' && imap_is_digit(p[at + 1]));
}
