#include "imap.h"
#include "presets.h"

/*
 * IMAP (RFC 3501, 9051). A message is what its reader handles as one: a command or a response, with all its
 * literals. A literal is {n}, {n+} or ~{n} at the end of a line and n bytes behind it; then the line goes on.
 *
 *  - A client waits behind {n} for the server, which may refuse; then a command follows instead of the
 * literal, and the message had ended. What looks like a command of this client there is one.
 *  - What follows COMPRESS (RFC 4978) is deflate, unless the server refused: the first line that is none
 * tells, and from there on every call is a message. Of what a server answers the text is free, so that this
 * may be behind any OK.
 */

/* In state->phase. */
enum { PLAIN, MAY_BE_COMPRESSED };

#define LONGEST_WORD (128 * 1024) /* an answer in AUTHENTICATE: a ticket of Kerberos has up to 64 KiB */

enum { OK, NO, BAD, BYE, PREAUTH, COMPRESS };

static const char verbs[][IMAP_VERB_MAX + 1] = {"OK", "NO", "BAD", "BYE", "PREAUTH", "COMPRESS"};

static bool is(const struct imap *imap, unsigned verb)
{
	return memcmp(imap->verb, verbs[verb], sizeof(imap->verb)) == 0;
}

static const struct imap *line_of(const struct framing_state *state)
{
	return (const struct imap *)state->head;
}

static bool is_line_end(uint8_t byte)
{
	return byte == '\r' || byte == '\n';
}

/* What a tag may consist of (RFC 9051, 9), or an answer in AUTHENTICATE. The asterisk stands alone; so does a
 * server's plus sign. */
static bool may_be_in_word(const struct framing_state *state, uint8_t byte)
{
	const struct imap *imap = line_of(state);

	if (imap->length && (imap->first == '*' || (state->server && imap->first == '+')))
		return false;
	if (byte == '*')
		return !imap->length;
	return byte > ' ' && byte <= '~' && byte != '(' && byte != ')' && byte != '{' && byte != '%' &&
	       byte != '"' && byte != '\\';
}

static bool is_in_base64(uint8_t byte)
{
	return imap_is_letter(byte) || imap_is_digit(byte) || byte == '+' || byte == '/' || byte == '=' ||
	       byte == '*';
}

static void keep_word(struct imap *imap, uint8_t byte)
{
	if (!imap->length) {
		imap->first = byte;
		imap->length = 1;
	}
	imap->is_tag = imap->is_tag || !is_in_base64(byte);
	imap->is_doubtful = imap->is_doubtful || !imap_may_be_in_tag(byte);
}

/* True if the line may go on with a verb behind this byte. */
static bool leads_to_verb(const struct framing_state *state, uint8_t byte)
{
	const struct imap *imap = line_of(state);

	return byte == ' ' && imap->length && imap->first != (state->server ? '+' : '*');
}

/* True if the line may be a word alone, or is a continuation request. */
static bool is_complete(const struct framing_state *state, uint8_t byte)
{
	const struct imap *imap = line_of(state);

	if (state->server)
		return imap->first == '+' && (byte == ' ' || is_line_end(byte));
	return is_line_end(byte) && !imap->is_tag && state->phase == PLAIN;
}

static size_t end_word(struct framing_state *state, uint8_t byte)
{
	struct imap *imap = imap_of(state);

	if (leads_to_verb(state, byte)) {
		state->have = IMAP_VERB;
		imap->length = 0;
		return walk_sent(state, 1);
	}
	if (!is_complete(state, byte))
		return walk_desync(state);
	state->have = IMAP_REST;
	state->phase = PLAIN;
	return walk_sent(state, 0);
}

static size_t take_word(struct framing_state *state, const uint8_t *p, size_t n)
{
	size_t used = 0;

	while (used < n && may_be_in_word(state, p[used]))
		keep_word(imap_of(state), p[used++]);
	if (!used)
		return end_word(state, *p);
	walk_sent(state, used);
	return state->sent > LONGEST_WORD ? walk_desync(state) : used;
}

static bool is_untagged(const struct framing_state *state)
{
	return state->server && line_of(state)->first == '*';
}

static bool may_be_in_verb(const struct framing_state *state, uint8_t byte)
{
	if (imap_is_letter(byte) || (is_untagged(state) && imap_is_digit(byte)))
		return true;
	return line_of(state)->length && (imap_is_digit(byte) || byte == '-' || byte == '.' || byte == '_');
}

static void end_command(struct framing_state *state)
{
	state->phase = is(imap_of(state), COMPRESS) ? MAY_BE_COMPRESSED : PLAIN;
}

/* What a server says in words may end like a literal. False: no server says that of a command. */
static bool end_response(struct framing_state *state)
{
	struct imap *imap = imap_of(state);
	bool is_status = is(imap, OK) || is(imap, NO) || is(imap, BAD);

	imap->is_doubtful = is_status || is(imap, BYE) || is(imap, PREAUTH);
	state->phase = is(imap, OK) && !is_untagged(state) ? MAY_BE_COMPRESSED : PLAIN;
	return is_status || is_untagged(state);
}

static size_t end_verb(struct framing_state *state)
{
	if (!state->server)
		end_command(state);
	else if (!end_response(state))
		return walk_desync(state);
	state->have = IMAP_REST;
	return walk_sent(state, 0);
}

static size_t take_verb(struct framing_state *state, const uint8_t *p, size_t n)
{
	struct imap *imap = imap_of(state);
	size_t used = 0;

	while (used < n && may_be_in_verb(state, p[used]))
		imap_keep_verb(imap, p[used++]);
	if (used)
		return walk_sent(state, used);
	return imap->length && imap_ends_word(*p) ? end_verb(state) : walk_desync(state);
}

static void end_line(struct framing_state *state)
{
	struct imap *imap = imap_of(state);
	bool waits = !state->server && !imap->is_forced && imap->number;

	if (!imap_begins_literal(imap)) {
		state->have = IMAP_START;
		return;
	}
	state->left = imap->number;
	state->have = waits ? IMAP_LITERAL_OR_TAG : IMAP_REST;
	imap->tail = 0;
}

static size_t take_rest(struct framing_state *state, const uint8_t *p, size_t n)
{
	bool ended;
	size_t used = text_line(state, p, n, &ended);

	state->watch = false;
	imap_take_tail(imap_of(state), p, used - ended);
	if (ended)
		end_line(state);
	return used;
}

static size_t take(struct framing_state *state, const uint8_t *p, size_t n)
{
	switch (state->have) {
	case IMAP_START:
		*imap_of(state) = (struct imap){0};
		state->have = IMAP_WORD;
		return walk_sent(state, 0);
	case IMAP_WORD:
		return take_word(state, p, n);
	case IMAP_VERB:
		return take_verb(state, p, n);
	default:
		return take_rest(state, p, n);
	}
}

static size_t header(const struct framing *framing, struct framing_state *state, const uint8_t *p, size_t n)
{
	size_t used = take(state, p, n);

	return text_fits(framing, state) ? used : walk_desync(state);
}

static size_t payload(const struct framing *framing, struct framing_state *state, const uint8_t *p, size_t n)
{
	size_t used;

	(void)framing;
	if (state->have != IMAP_REST)
		return imap_literal_or_command(state, *p);
	used = walk_payload(state, n);
	state->watch = !state->left && !imap_of(state)->is_doubtful;
	return used;
}

/* No line begins so, where compressed bytes may: those before were a message. */
static size_t become_call(struct framing_state *state, size_t used)
{
	state->desync = false;
	if (state->sent)
		walk_end_message(state);
	framing_become(state, PRESET_CALL);
	return used;
}

static size_t advance(const struct framing *framing, struct framing_state *state, const uint8_t *p, size_t n,
		      uint64_t offered)
{
	uint64_t before = state->sent;
	size_t used = walk_frames(framing, state, p, n, header, payload);

	(void)offered;
	if (state->desync && state->phase == MAY_BE_COMPRESSED && state->have < IMAP_REST)
		return become_call(state, (size_t)(state->sent - before));
	return used;
}

/* What nobody can see is no command. */
static uint64_t skip(const struct framing *framing, struct framing_state *state, uint64_t n, uint64_t offered)
{
	uint64_t skipped = framing_skip_payload(state, n);

	(void)framing;
	(void)offered;
	if (skipped && state->have > IMAP_REST) {
		state->have = IMAP_REST;
		imap_of(state)->is_doubtful = true;
	}
	return skipped;
}

/* Behind a literal there is a space, a parenthesis, or the end of the line (RFC 9051, 9). */
static bool abandons(const struct framing *framing, const struct framing_state *state, const uint8_t *p,
		     size_t n)
{
	(void)framing;
	return imap_begins_message(state, p, n);
}

const struct framing_class framing_imap = {
    .name = "imap", .advance = advance, .feed = framing_feed_each, .skip = skip, .abandons = abandons};
