#include "presets.h"
#include "text.h"

/*
 * RESP, the protocol of Redis, versions 2 and 3 (redis.io, "Redis serialization protocol specification"). A
 * client writes requests: arrays of bulk strings, or inline commands, which are lines. A server writes
 * replies of any type. An aggregate says how many items follow, so that a count of the items still to come
 * does for any depth.
 *
 * A server that is a replica's master sends its data set in between (replication.c): `$length` and as many
 * bytes, without a line end behind them, or `$EOF:mark` and bytes up to that mark. The newlines before it
 * are messages of their own.
 */

/* What the next byte is, in state->have. The first is 0: the stream stands between two items. */
enum { ITEM, LENGTH, LENGTH_LF, LINE, MARK, BULK_CR, BULK_LF };

/* What comes between messages, in state->phase. */
enum { MESSAGES, DATA_SET, RAW };

#define COUNT_MAX UINT32_MAX
#define INLINE_MAX (64 * 1024) /* PROTO_INLINE_MAX_SIZE */
#define FULL_RESYNC "+FULLRESYNC "
#define FULL_RESYNC_LENGTH (sizeof(FULL_RESYNC) - 1)

struct redis {
	uint64_t items; /* of the message, still to come or not complete */
	uint64_t length;
	uint8_t type;
	uint8_t matched; /* of FULL_RESYNC */
	bool digits;
	bool negative;
	bool first; /* of the message */
} __attribute__((packed, may_alias));

_Static_assert(sizeof(struct redis) <= FRAMING_HEAD_MAX, "it lies in the head");

static struct redis *redis_of(struct framing_state *state)
{
	return (struct redis *)state->head;
}

/* One item is complete, and `more` others were announced. */
static void end_item(struct framing_state *state, uint64_t more)
{
	struct redis *redis = redis_of(state);

	redis->items += more - 1;
	state->more = redis->items > 0;
	state->have = ITEM;
}

/* ITEM: no type that there is. */
static ALWAYS_INLINE uint8_t step_after(uint8_t type)
{
	switch (type) {
	case '$':
	case '!':
	case '=':
	case '*':
	case '%':
	case '~':
	case '|':
	case '>':
		return LENGTH;
	case '+':
	case '-':
	case ':':
	case '_':
	case '#':
	case ',':
	case '(':
		return LINE;
	default:
		return ITEM;
	}
}

/* A newline is sent to a replica that waits. */
static uint8_t step_in_reply(const struct framing_state *state, uint8_t type)
{
	return type == '\n' && !state->inside ? LINE : step_after(type);
}

/* Blanks may stand before an inline command. */
static uint8_t step_in_request(const struct framing_state *state, uint8_t type)
{
	if (state->inside)
		return type == '$' ? LENGTH : ITEM;
	if (type == '*')
		return LENGTH;
	return (type >= ' ' && type < 0x7f) || type == '\t' || type == '\r' || type == '\n' ? LINE : ITEM;
}

static size_t begin_item(struct framing_state *state, uint8_t type)
{
	struct redis *redis = redis_of(state);
	uint8_t step = state->server ? step_in_reply(state, type) : step_in_request(state, type);

	if (step == ITEM)
		return walk_desync(state);
	*redis = (struct redis){
	    .items = state->inside ? redis->items : 1,
	    .type = type,
	    .matched = type == '+',
	    .first = !state->inside,
	};
	state->have = step;
	state->more = true;
	if (type == '\n')
		end_item(state, 0);
	return walk_sent(state, 1);
}

static bool is_bulk(uint8_t type)
{
	return type == '$' || type == '!' || type == '=';
}

/* Items that an aggregate announces; an attribute comes before the item that it belongs to. */
static uint64_t announced(const struct redis *redis)
{
	if (redis->type == '%')
		return 2 * redis->length;
	return redis->type == '|' ? 2 * redis->length + 1 : redis->length;
}

static void begin_bulk(struct framing_state *state)
{
	struct redis *redis = redis_of(state);

	state->left = redis->length;
	state->have = BULK_CR;
	if (state->phase == DATA_SET && redis->first) {
		state->phase = MESSAGES;
		end_item(state, 0);
	}
}

static bool end_length(struct framing_state *state)
{
	struct redis *redis = redis_of(state);

	if (redis->negative)
		end_item(state, 0);
	else if (is_bulk(redis->type))
		begin_bulk(state);
	else if (redis->length > COUNT_MAX)
		return false;
	else
		end_item(state, announced(redis));
	return true;
}

static bool is_mark(const struct framing_state *state, const struct redis *redis, uint8_t byte)
{
	return byte == 'E' && state->server && redis->type == '$' && redis->first && !redis->digits;
}

/* A byte of a length, -1 is null. */
static bool take_length_byte(struct framing_state *state, struct redis *redis, uint8_t byte)
{
	uint64_t length = text_digit(redis->length, byte);

	if (length != TEXT_NOT_A_NUMBER) {
		redis->length = length;
		redis->digits = true;
	} else if (byte == '\r' && redis->digits)
		state->have = LENGTH_LF;
	else if (is_mark(state, redis, byte))
		state->have = MARK;
	else if (byte == '-' && !redis->digits && !redis->negative)
		redis->negative = true;
	else
		return false;
	return true;
}

static size_t take_length(struct framing_state *state, const uint8_t *p, size_t n)
{
	size_t used = 0;

	while (used < n && state->have == LENGTH)
		if (!take_length_byte(state, redis_of(state), p[used++]))
			return walk_desync(state);
	return walk_sent(state, used);
}

/* Replication begins behind this line, unless it is an array's. */
static void match_full_resync(struct framing_state *state, const uint8_t *p, size_t n)
{
	struct redis *redis = redis_of(state);

	for (size_t i = 0; i < n && redis->matched && redis->matched < FULL_RESYNC_LENGTH; i++)
		redis->matched = p[i] == FULL_RESYNC[redis->matched] ? redis->matched + 1 : 0;
}

static size_t take_line(struct framing_state *state, const uint8_t *p, size_t n)
{
	struct redis *redis = redis_of(state);
	bool ended;
	size_t used;

	match_full_resync(state, p, n);
	used = text_line(state, p, n, &ended);
	if (!state->server && state->sent > INLINE_MAX)
		return walk_desync(state);
	if (!ended)
		return used;
	if (redis->first && redis->matched == FULL_RESYNC_LENGTH)
		state->phase = DATA_SET;
	end_item(state, 0);
	return used;
}

/* Of the data set up to the mark nobody tells the length. */
static size_t take_mark(struct framing_state *state, const uint8_t *p, size_t n)
{
	bool ended;
	size_t used = text_line(state, p, n, &ended);

	if (ended) {
		state->phase = RAW;
		end_item(state, 0);
	}
	return used;
}

/* An old replica asks by SYNC, and nothing but the missing line end says that this was the data set. */
static size_t take_bulk_cr(struct framing_state *state, uint8_t byte)
{
	const struct redis *redis = redis_of(state);

	if (byte == '\r') {
		state->have = BULK_LF;
		return walk_sent(state, 1);
	}
	if (!state->server || redis->type != '$' || !redis->first)
		return walk_desync(state);
	end_item(state, 0);
	return 0;
}

static size_t take_lf(struct framing_state *state, uint8_t byte)
{
	bool length = state->have == LENGTH_LF;

	if (byte != '\n')
		return walk_desync(state);
	if (!length)
		end_item(state, 0);
	else if (!end_length(state))
		return walk_desync(state);
	return walk_sent(state, 1);
}

static size_t take(struct framing_state *state, const uint8_t *p, size_t n)
{
	switch (state->have) {
	case ITEM:
		return begin_item(state, *p);
	case LENGTH:
		return take_length(state, p, n);
	case LINE:
		return take_line(state, p, n);
	case MARK:
		return take_mark(state, p, n);
	case BULK_CR:
		return take_bulk_cr(state, *p);
	default:
		return take_lf(state, *p);
	}
}

/* Only `$` may come next in a request, or only the end of a line. */
static void set_watch(struct framing_state *state)
{
	state->watch =
	    !state->server && state->more && !state->left && (state->have == ITEM || state->have == BULK_CR);
}

static size_t header(const struct framing *framing, struct framing_state *state, const uint8_t *p, size_t n)
{
	size_t used = take(state, p, n);

	set_watch(state);
	return text_fits(framing, state) ? used : walk_desync(state);
}

static size_t payload(const struct framing *framing, struct framing_state *state, const uint8_t *p, size_t n)
{
	size_t used = walk_payload(state, n);

	(void)framing;
	(void)p;
	set_watch(state);
	return used;
}

static size_t advance(const struct framing *framing, struct framing_state *state, const uint8_t *p, size_t n,
		      uint64_t offered)
{
	size_t used = walk_frames(framing, state, p, n, header, payload);

	(void)offered;
	if (!state->inside && state->phase == RAW)
		framing_become(state, PRESET_CALL);
	return used;
}

/* What is whole in p[0..n) of a message; returns how many bytes it has, 0: no such. */
static size_t look_at_line(const uint8_t *p, size_t n)
{
	const uint8_t *end = memchr(p, '\n', n);

	return end ? (size_t)(end - p) + 1 : 0;
}

static ALWAYS_INLINE size_t look_at_length(const uint8_t *p, size_t n, uint64_t *length)
{
	size_t at = 1 + text_number(p + 1, n - 1, length);

	return at > 1 && at + 2 <= n && p[at] == '\r' && p[at + 1] == '\n' ? at + 2 : 0;
}

static ALWAYS_INLINE size_t look_at_bulk(const uint8_t *p, size_t n)
{
	uint64_t length;
	size_t at = look_at_length(p, n, &length);

	if (!at || length + 2 > n - at)
		return 0;
	at += (size_t)length;
	return p[at] == '\r' && p[at + 1] == '\n' ? at + 2 : 0;
}

/* An aggregate's items come behind it. */
static size_t look_at_aggregate(const uint8_t *p, size_t n, uint64_t *items)
{
	struct redis redis = {.type = *p};
	uint64_t length;
	size_t used = look_at_length(p, n, &length);

	if (!used || length > COUNT_MAX)
		return 0;
	redis.length = length;
	*items += announced(&redis);
	return used;
}

static size_t look_at_reply(const uint8_t *p, size_t n, uint64_t *items)
{
	switch (step_after(*p)) {
	case LENGTH:
		return is_bulk(*p) ? look_at_bulk(p, n) : look_at_aggregate(p, n, items);
	case LINE: /* it may be replication that begins */
		return *p != '+' || (n > 1 && p[1] != FULL_RESYNC[1]) ? look_at_line(p, n) : 0;
	default:
		return 0;
	}
}

static uint64_t look_at_replies(const uint8_t *p, size_t n)
{
	uint64_t items = 1;
	size_t at = 0, used = 1;

	for (; items && used && at < n; at += used, items--)
		used = look_at_reply(p + at, n - at, &items);
	return items || !used ? 0 : at;
}

static uint64_t look_at_request(const uint8_t *p, size_t n)
{
	uint64_t items;
	size_t at = *p == '*' ? look_at_length(p, n, &items) : 0, used = at;

	if (!at || items > COUNT_MAX)
		return 0;
	for (; items && used && at < n && p[at] == '$'; at += used, items--)
		used = look_at_bulk(p + at, n - at);
	return items || !used ? 0 : at;
}

static ALWAYS_INLINE uint64_t look(const struct framing *framing, const struct framing_state *state,
				   const uint8_t *p, size_t n)
{
	if (state->phase != MESSAGES)
		return 0;
	return walk_allowed(framing, state->server ? look_at_replies(p, n) : look_at_request(p, n));
}

WALK_WHOLE(feed, whole, look)

/* Where another request begins, whole: `*count`, and the first `$` if that can be seen. */
static bool abandons(const struct framing *framing, const struct framing_state *state, const uint8_t *p,
		     size_t n)
{
	uint64_t count = 0;
	size_t at = 1;

	(void)framing;
	(void)state;
	if (p[0] != '*')
		return false;
	while (at < n && (count = text_digit(count, p[at])) != TEXT_NOT_A_NUMBER)
		at++;
	return at > 1 && n - at >= 2 && p[at] == '\r' && p[at + 1] == '\n' &&
	       (n - at == 2 || p[at + 2] == '$');
}

const struct framing_class framing_redis = {
    .name = "redis", .advance = advance, .feed = feed, .whole = whole, .abandons = abandons};
