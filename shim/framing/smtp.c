#include "presets.h"
#include "text.h"

/*
 * SMTP (RFC 5321) and LMTP (RFC 2033). A client writes lines; behind BDAT's (RFC 3030) come as many bytes as
 * it says, behind DATA's a block up to a line with nothing but a dot. Each is a message; DATA's line and its
 * block are two, because the client waits in between: if the server refuses, a command follows instead. A
 * server writes replies; one of several lines is one message.
 */

/* What the next byte is, in state->have. The first is 0: the stream stands between two lines. */
enum { START, WORD, NUMBER, REST, BLOCK_OR_COMMAND, BLOCK, CODE };

/* What the client has said, in state->phase. MAIL: DATA would be a command; what else is that word may be an
 * answer in AUTH, which is in base64. DATA_LF: it ends lines with bare line feeds. */
enum { COMMANDS, MAIL, DATA_CRLF, DATA_LF };

/* Where in a line of a block the next byte is. */
enum { LINE_BEGIN, LINE_DOT, LINE_DOT_CR, LINE_MIDDLE, LINE_CR };

#define LONGEST_LINE \
	(128 * 1024) /* of a client: a ticket of Kerberos, in AUTH, has up to 64 KiB before base64 */
#define WORD_MAX 12

struct smtp {
	uint64_t number;
	char word[WORD_MAX]; /* that the line begins with, in capital letters */
	uint8_t length;	     /* of it, up to WORD_MAX */
	uint8_t line;
	bool has_chunk;
} __attribute__((packed, may_alias));

_Static_assert(sizeof(struct smtp) <= FRAMING_HEAD_MAX, "it lies in the head");

static struct smtp *smtp_of(struct framing_state *state)
{
	return (struct smtp *)state->head;
}

static bool is_letter(uint8_t byte)
{
	return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z');
}

static bool is_digit(uint8_t byte)
{
	return byte >= '0' && byte <= '9';
}

static void keep(struct smtp *smtp, uint8_t byte)
{
	if (smtp->length < WORD_MAX)
		smtp->word[smtp->length++] = (char)(is_letter(byte) ? byte & ~0x20 : byte);
}

static bool is_word(const struct smtp *smtp, const char *word)
{
	return smtp->length == 4 && memcmp(smtp->word, word, 4) == 0;
}

/* A command, or an answer in AUTH. */
static bool may_be_word(uint8_t byte)
{
	return is_letter(byte) || is_digit(byte) || byte == '+' || byte == '/' || byte == '=' ||
	       byte == '-' || byte == '*';
}

static bool ends_word(uint8_t byte)
{
	return byte == ' ' || byte == '\r' || byte == '\n';
}

static void end_word(struct framing_state *state)
{
	const struct smtp *smtp = smtp_of(state);

	state->have = is_word(smtp, "BDAT") ? NUMBER : REST;
	if (is_word(smtp, "MAIL"))
		state->phase = MAIL;
	else if (is_word(smtp, "AUTH"))
		state->phase = COMMANDS;
}

/* What a server writes shows in each line's code that it is SMTP; and a reply may have many lines. */
static size_t checked(struct framing_state *state, size_t used)
{
	return !state->server && state->sent > LONGEST_LINE ? walk_desync(state) : used;
}

/* A byte that ends the word is left to the next step. */
static size_t take_word(struct framing_state *state, const uint8_t *p, size_t n)
{
	size_t used = 0;

	while (used < n && may_be_word(p[used]))
		keep(smtp_of(state), p[used++]);
	if (used < n) {
		if (!ends_word(p[used]))
			return walk_desync(state);
		end_word(state);
	}
	return checked(state, walk_sent(state, used));
}

static size_t take_number(struct framing_state *state, const uint8_t *p, size_t n)
{
	struct smtp *smtp = smtp_of(state);
	size_t used = 0;

	while (used < n && state->have == NUMBER) {
		uint64_t number = text_digit(smtp->number, p[used]);

		if (number != TEXT_NOT_A_NUMBER) {
			smtp->number = number;
			smtp->has_chunk = true;
		} else if (p[used] != ' ' || smtp->has_chunk) {
			smtp->has_chunk = smtp->has_chunk && ends_word(p[used]);
			state->have = REST;
			break;
		}
		used++;
	}
	return walk_sent(state, used);
}

static void end_command(struct framing_state *state, bool bare)
{
	const struct smtp *smtp = smtp_of(state);

	state->have = START;
	state->left = smtp->has_chunk ? smtp->number : 0;
	if (state->phase == MAIL && is_word(smtp, "DATA"))
		state->phase = bare ? DATA_LF : DATA_CRLF;
}

static size_t take_rest(struct framing_state *state, const uint8_t *p, size_t n)
{
	struct smtp *smtp = smtp_of(state);
	bool ended;
	size_t used = text_line(state, p, n, &ended);
	bool bare = used > 1 ? p[used - 2] != '\r' : smtp->line != LINE_CR;

	if (ended && state->server)
		state->have = START;
	else if (ended)
		end_command(state, bare);
	else
		smtp->line = p[n - 1] == '\r' ? LINE_CR : LINE_MIDDLE;
	return checked(state, used);
}

/* What no mail begins with, and what a client goes on with whose DATA was refused. A mail begins with the
 * name of a header field. */
static const char commands[][WORD_MAX] = {"RSET\r", "RSET\n", "QUIT\r", "QUIT\n",     "NOOP\r",	 "NOOP\n",
					  "EHLO ",  "HELO ",  "LHLO ",	"MAIL FROM:", "RCPT TO:"};

enum { NO_COMMAND, MAY_BE_COMMAND, IS_COMMAND };

static int compare_to_commands(const struct smtp *smtp)
{
	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++)
		if (memcmp(commands[i], smtp->word, smtp->length) == 0)
			return commands[i][smtp->length] ? MAY_BE_COMMAND : IS_COMMAND;
	return NO_COMMAND;
}

/* The byte that told is left to the next step. */
static size_t begin_command(struct framing_state *state)
{
	state->phase = MAIL;
	state->have = REST;
	return walk_sent(state, 0);
}

/* Nothing that a command begins with ends a line. */
static size_t begin_block(struct framing_state *state)
{
	struct smtp *smtp = smtp_of(state);

	smtp->line = smtp->length > 1 ? LINE_MIDDLE : LINE_BEGIN;
	state->have = BLOCK;
	return walk_sent(state, 0);
}

static size_t take_block_or_command(struct framing_state *state, uint8_t byte)
{
	struct smtp *smtp = smtp_of(state);

	keep(smtp, byte);
	switch (compare_to_commands(smtp)) {
	case NO_COMMAND:
		return begin_block(state);
	case IS_COMMAND:
		return begin_command(state);
	default:
		return walk_sent(state, 1);
	}
}

static uint8_t next_in_line(uint8_t line, uint8_t byte, bool bare)
{
	if (byte == '\r')
		return line == LINE_DOT ? LINE_DOT_CR : LINE_CR;
	if (byte == '\n')
		return bare || line == LINE_CR ? LINE_BEGIN : LINE_MIDDLE;
	return line == LINE_BEGIN && byte == '.' ? LINE_DOT : LINE_MIDDLE;
}

/* RFC 5321, 4.1.1.4: a line feed alone ends no line, unless the client ends all lines so. */
static bool ends_block(uint8_t line, uint8_t byte, bool bare)
{
	return byte == '\n' && (line == LINE_DOT_CR || (bare && line == LINE_DOT));
}

/* Bytes in the middle of a line. */
static size_t middle(const uint8_t *p, size_t n, bool bare)
{
	const uint8_t *end = memchr(p, bare ? '\n' : '\r', n);

	return end ? (size_t)(end - p) : n;
}

static size_t take_block(struct framing_state *state, const uint8_t *p, size_t n)
{
	uint8_t line = smtp_of(state)->line;
	bool bare = state->phase == DATA_LF;
	size_t used = 0;

	while (used < n && state->have == BLOCK) {
		if (line == LINE_MIDDLE)
			used += middle(p + used, n - used, bare);
		if (used == n)
			break;
		if (ends_block(line, p[used], bare)) {
			state->phase = COMMANDS;
			state->have = START;
		}
		line = next_in_line(line, p[used++], bare);
	}
	smtp_of(state)->line = line;
	return walk_sent(state, used);
}

/* Three digits; a hyphen behind them says that the reply has another line. */
static size_t take_code(struct framing_state *state, uint8_t byte)
{
	struct smtp *smtp = smtp_of(state);
	bool is_last = smtp->length == 3;

	if (is_last ? !ends_word(byte) && byte != '-' : !is_digit(byte))
		return walk_desync(state);
	keep(smtp, byte);
	if (!is_last)
		return walk_sent(state, 1);
	state->more = byte == '-';
	state->have = REST;
	return walk_sent(state, 0);
}

static uint8_t first_step(const struct framing_state *state)
{
	if (state->server)
		return CODE;
	return state->phase == DATA_CRLF || state->phase == DATA_LF ? BLOCK_OR_COMMAND : WORD;
}

static size_t take(struct framing_state *state, const uint8_t *p, size_t n)
{
	switch (state->have) {
	case START:
		*smtp_of(state) = (struct smtp){0};
		state->have = first_step(state);
		return walk_sent(state, 0);
	case WORD:
		return take_word(state, p, n);
	case NUMBER:
		return take_number(state, p, n);
	case BLOCK_OR_COMMAND:
		return take_block_or_command(state, *p);
	case BLOCK:
		return take_block(state, p, n);
	case CODE:
		return take_code(state, *p);
	default:
		return take_rest(state, p, n);
	}
}

static size_t header(const struct framing *framing, struct framing_state *state, const uint8_t *p, size_t n)
{
	size_t used = take(state, p, n);

	return text_fits(framing, state) ? used : walk_desync(state);
}

static size_t advance(const struct framing *framing, struct framing_state *state, const uint8_t *p, size_t n,
		      uint64_t offered)
{
	(void)offered;
	return walk_frames(framing, state, p, n, header, walk_plain_payload);
}

const struct framing_class framing_smtp = {.name = "smtp", .advance = advance, .feed = framing_feed_each};
