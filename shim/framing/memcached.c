#include "presets.h"
#include "text.h"

/*
 * memcached's text protocol, classic and meta (memcached, doc/protocol.txt). A line, and behind some a block
 * of as many bytes as one of its words says, which has a line end of its own. A reply of several VALUE (or
 * STAT) lines is one message up to the line that is something else. The words of a line are counted, not
 * kept: a key may be long.
 */

/* What the next byte is, in state->have. The first is 0: the stream stands between two lines. */
enum { START, VERB, WORDS, REST, BLOCK_CR, BLOCK_LF };

#define VERB_MAX 8

struct memcached {
	uint64_t number;
	char verb[VERB_MAX];
	uint8_t verb_length; /* what is longer than VERB_MAX is no verb that matters */
	uint8_t words;	     /* behind the verb, so far */
	uint8_t wanted;	     /* the one of them that counts the bytes of the block; 0: none */
	bool in_word;
	bool has_block;
} __attribute__((packed, may_alias));

_Static_assert(sizeof(struct memcached) <= FRAMING_HEAD_MAX, "it lies in the head");

static const struct verb {
	char name[VERB_MAX];
	uint8_t wanted;
	bool more; /* the reply goes on */
} requests[] = {{"set", 4, false},     {"add", 4, false}, {"replace", 4, false}, {"append", 4, false},
		{"prepend", 4, false}, {"cas", 4, false}, {"ms", 2, false}},
  /* CONFIG: Amazon ElastiCache, "config get" */
    replies[] = {{"VALUE", 3, true}, {"VA", 1, false}, {"STAT", 0, true}, {"CONFIG", 3, true}};

static struct memcached *memcached_of(struct framing_state *state)
{
	return (struct memcached *)state->head;
}

static const struct verb *find(const struct framing_state *state, const struct memcached *line)
{
	const struct verb *verb = state->server ? replies : requests;
	size_t count =
	    state->server ? sizeof(replies) / sizeof(replies[0]) : sizeof(requests) / sizeof(requests[0]);

	for (; count; verb++, count--)
		if (memcmp(verb->name, line->verb, VERB_MAX) == 0)
			return verb;
	return NULL;
}

static void end_verb(struct framing_state *state)
{
	struct memcached *line = memcached_of(state);
	const struct verb *verb = line->verb_length < VERB_MAX ? find(state, line) : NULL;

	line->wanted = verb ? verb->wanted : 0;
	state->more = verb && verb->more;
	state->have = line->wanted ? WORDS : REST;
}

static bool is_digit(uint8_t byte)
{
	return byte >= '0' && byte <= '9';
}

static bool is_lower(uint8_t byte)
{
	return (byte >= 'a' && byte <= 'z') || byte == '_';
}

/* Requests are in small letters; a server writes numbers, too, and the name=value of its logs. */
static bool may_be_verb(const struct framing_state *state, uint8_t byte)
{
	return is_lower(byte) || (state->server && ((byte >= 'A' && byte <= 'Z') || is_digit(byte)));
}

static bool ends_verb(const struct framing_state *state, uint8_t byte)
{
	return byte == ' ' || byte == '\r' || byte == '\n' || (state->server && byte == '=');
}

/* A byte that ends the verb is left to the next step. */
static size_t take_verb(struct framing_state *state, const uint8_t *p, size_t n)
{
	struct memcached *line = memcached_of(state);
	size_t used = 0;

	while (used < n && may_be_verb(state, p[used])) {
		if (line->verb_length < VERB_MAX)
			line->verb[line->verb_length++] = (char)p[used];
		used++;
	}
	if (used < n) {
		if (!ends_verb(state, p[used]))
			return walk_desync(state);
		end_verb(state);
	}
	return walk_sent(state, used);
}

static size_t begin_line(struct framing_state *state, const uint8_t *p, size_t n)
{
	*memcached_of(state) = (struct memcached){0};
	state->have = VERB;
	return take_verb(state, p, n);
}

/* True if the line is of no more interest. */
static bool take_word_byte(struct memcached *line, uint8_t byte)
{
	uint64_t number;

	if (byte == ' ') {
		line->has_block = line->in_word && line->words == line->wanted;
		line->in_word = false;
		return line->has_block;
	}
	if (!line->in_word) {
		line->in_word = true;
		line->words++;
	}
	if (line->words < line->wanted)
		return false;
	number = text_digit(line->number, byte);
	if (number == TEXT_NOT_A_NUMBER)
		return true;
	line->number = number;
	return false;
}

static bool is_line_end(uint8_t byte)
{
	return byte == '\r' || byte == '\n';
}

static size_t take_words(struct framing_state *state, const uint8_t *p, size_t n)
{
	struct memcached *line = memcached_of(state);
	size_t used = 0;

	while (used < n && state->have == WORDS) {
		if (is_line_end(p[used])) {
			line->has_block = line->in_word && line->words == line->wanted;
			state->have = REST;
		} else if (take_word_byte(line, p[used++])) {
			state->have = REST;
		}
	}
	return walk_sent(state, used);
}

static size_t take_rest(struct framing_state *state, const uint8_t *p, size_t n)
{
	const struct memcached *line = memcached_of(state);
	bool ended;
	size_t used = text_line(state, p, n, &ended);

	if (!ended)
		return used;
	state->left = line->has_block ? line->number : 0;
	state->have = line->has_block ? BLOCK_CR : START;
	return used;
}

static size_t take_block_end(struct framing_state *state, uint8_t byte)
{
	if (byte != (state->have == BLOCK_CR ? '\r' : '\n'))
		return walk_desync(state);
	state->have = state->have == BLOCK_CR ? BLOCK_LF : START;
	return walk_sent(state, 1);
}

static size_t take(struct framing_state *state, const uint8_t *p, size_t n)
{
	switch (state->have) {
	case START:
		return begin_line(state, p, n);
	case VERB:
		return take_verb(state, p, n);
	case WORDS:
		return take_words(state, p, n);
	case REST:
		return take_rest(state, p, n);
	default:
		return take_block_end(state, *p);
	}
}

static size_t header(const struct framing *framing, struct framing_state *state, const uint8_t *p, size_t n)
{
	size_t used = take(state, p, n);

	return text_fits(framing, state) ? used : walk_desync(state);
}

/* The server takes the binary protocol, too, and knows it by its first byte. */
static bool is_binary(uint8_t byte)
{
	return byte == 0x80 || byte == 0x81;
}

static size_t advance(const struct framing *framing, struct framing_state *state, const uint8_t *p, size_t n,
		      uint64_t offered)
{
	(void)offered;
	if (!state->inside && is_binary(*p)) {
		framing_become(state, PRESET_MEMCACHED_BINARY);
		return 0;
	}
	return walk_frames(framing, state, p, n, header, walk_plain_payload);
}

const struct framing_class framing_memcached = {
    .name = "memcached", .advance = advance, .feed = framing_feed_each};
