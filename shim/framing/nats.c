#include "text.h"

/* NATS between clients and servers (docs.nats.io, "Client Protocol"; nats-server, parser.go): lines that
 * begin with an operation, in capitals or small letters. PUB, HPUB, MSG and HMSG end in a number: behind the
 * line come so many bytes, and a CR LF of their own. No operation is both sides' with different meanings. */

/* What the next byte is, in state->have. The first is 0: the stream stands between two lines. */
enum { START, OPERATION, WORDS, REST };

#define OPERATION_MAX 8
#define BLOCK_END 2 /* CR LF */

struct nats {
	uint64_t number; /* the last word so far, or TEXT_NOT_A_NUMBER */
	char operation[OPERATION_MAX];
	uint8_t length; /* of the operation */
	bool in_word;
} __attribute__((packed, may_alias));

_Static_assert(sizeof(struct nats) <= FRAMING_HEAD_MAX, "it lies in the head");

static const struct operation {
	char name[OPERATION_MAX];
	bool has_block;
} operations[] = {
    {"PUB", true},  {"MSG", true},    {"HPUB", true}, {"HMSG", true},  {"PING", false},	   {"PONG", false},
    {"SUB", false}, {"UNSUB", false}, {"+OK", false}, {"-ERR", false}, {"CONNECT", false}, {"INFO", false},
};

static struct nats *nats_of(struct framing_state *state)
{
	return (struct nats *)state->head;
}

static const struct operation *find(const struct nats *nats)
{
	for (size_t i = 0; i < sizeof(operations) / sizeof(operations[0]); i++)
		if (memcmp(operations[i].name, nats->operation, OPERATION_MAX) == 0)
			return &operations[i];
	return NULL;
}

static uint8_t capital(uint8_t byte)
{
	return byte >= 'a' && byte <= 'z' ? (uint8_t)(byte - 'a' + 'A') : byte;
}

static bool is_of_operation(uint8_t byte)
{
	return (byte >= 'A' && byte <= 'Z') || byte == '+' || byte == '-';
}

static bool is_blank(uint8_t byte)
{
	return byte == ' ' || byte == '\t' || byte == '\r';
}

/* The byte that ends it is left to the next step. */
static size_t end_operation(struct framing_state *state)
{
	const struct operation *operation = find(nats_of(state));

	if (!operation)
		return walk_desync(state);
	state->have = operation->has_block ? WORDS : REST;
	return 0;
}

static size_t take_operation(struct framing_state *state, uint8_t byte)
{
	struct nats *nats = nats_of(state);

	if (is_blank(byte) || byte == '\n')
		return end_operation(state);
	if (nats->length == OPERATION_MAX - 1 || !is_of_operation(capital(byte)))
		return walk_desync(state);
	nats->operation[nats->length++] = (char)capital(byte);
	return walk_sent(state, 1);
}

static size_t begin(struct framing_state *state, uint8_t byte)
{
	*nats_of(state) = (struct nats){.number = TEXT_NOT_A_NUMBER};
	state->have = OPERATION;
	return take_operation(state, byte);
}

static void take_word_byte(struct nats *nats, uint8_t byte)
{
	if (is_blank(byte)) {
		nats->in_word = false;
		return;
	}
	if (!nats->in_word)
		nats->number = 0;
	nats->in_word = true;
	nats->number = text_digit(nats->number, byte);
}

static size_t end_words(struct framing_state *state, size_t used)
{
	uint64_t number = nats_of(state)->number;

	if (number == TEXT_NOT_A_NUMBER)
		return walk_desync(state);
	state->have = START;
	state->left = number + BLOCK_END;
	return walk_sent(state, used);
}

static size_t take_words(struct framing_state *state, const uint8_t *p, size_t n)
{
	size_t used = 0;

	while (used < n) {
		uint8_t byte = p[used++];

		if (byte == '\n')
			return end_words(state, used);
		take_word_byte(nats_of(state), byte);
	}
	return walk_sent(state, used);
}

static size_t take_rest(struct framing_state *state, const uint8_t *p, size_t n)
{
	bool ended;
	size_t used = text_line(state, p, n, &ended);

	if (ended)
		state->have = START;
	return used;
}

static size_t take(struct framing_state *state, const uint8_t *p, size_t n)
{
	switch (state->have) {
	case START:
		return begin(state, *p);
	case OPERATION:
		return take_operation(state, *p);
	case WORDS:
		return take_words(state, p, n);
	default:
		return take_rest(state, p, n);
	}
}

static size_t header(const struct framing *framing, struct framing_state *state, const uint8_t *p, size_t n)
{
	size_t used = take(state, p, n);

	return text_fits(framing, state) ? used : walk_desync(state);
}

static bool ends_block(const uint8_t *p, size_t used, uint64_t left)
{
	if (left == 0)
		return p[used - 1] == '\n' && (used == 1 || p[used - 2] == '\r');
	return left > 1 || p[used - 1] == '\r';
}

static size_t payload(const struct framing *framing, struct framing_state *state, const uint8_t *p, size_t n)
{
	size_t used = walk_payload(state, n);

	(void)framing;
	return ends_block(p, used, state->left) ? used : walk_desync(state);
}

static size_t advance(const struct framing *framing, struct framing_state *state, const uint8_t *p, size_t n,
		      uint64_t offered)
{
	(void)offered;
	return walk_frames(framing, state, p, n, header, payload);
}

const struct framing_class framing_nats = {.name = "nats", .advance = advance, .feed = framing_feed_each};
