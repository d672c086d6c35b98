#include "text.h"

/* D-Bus Specification, "Authentication Protocol" and "Message Format". A client begins with a zero byte; then
 * each line is a message, up to its BEGIN. A server's lines end where its first message begins: in 'l' or
 * 'B', as no line of its does. */

enum { START, LINES, MESSAGES };

#define FRAME_HEADER 16
#define MESSAGE_MAX (UINT64_C(128) << 20)
#define ARRAY_MAX (UINT64_C(64) << 20)
#define LINE_MAX 16384

static const char begin[] = "BEGIN\r\n";
#define BEGIN_LENGTH (sizeof(begin) - 1)

static bool is_order(uint8_t byte)
{
	return byte == 'l' || byte == 'B';
}

/* The first bytes of a line are kept, to know BEGIN by. */
static void keep(struct framing_state *state, const uint8_t *p, size_t n)
{
	size_t room = BEGIN_LENGTH + 1 - state->have;
	size_t take = n < room ? n : room;

	memcpy(state->head + state->have, p, take);
	state->have = (uint16_t)(state->have + take);
}

static void end_line(struct framing_state *state)
{
	if (state->have == BEGIN_LENGTH && memcmp(state->head, begin, BEGIN_LENGTH) == 0)
		state->phase = MESSAGES;
	memset(state->head, 0, sizeof(state->head));
	state->have = 0;
	walk_end_message(state);
}

static bool begins_line(uint8_t byte)
{
	return byte >= 'A' && byte <= 'Z';
}

static size_t line(struct framing_state *state, const uint8_t *p, size_t n)
{
	bool ended;
	size_t used;

	if (!state->inside && !begins_line(*p))
		return walk_desync(state);
	used = text_line(state, p, n, &ended);
	keep(state, p, used);
	if (state->sent > LINE_MAX)
		return walk_desync(state);
	if (ended)
		end_line(state);
	return used;
}

/* The zero byte, in which a client may send its credentials, is a message of its own. */
static size_t start(struct framing_state *state, const uint8_t *p)
{
	state->phase = LINES;
	if (*p)
		return 0;
	walk_sent(state, 1);
	walk_end_message(state);
	return 1;
}

/* How long it is; 0: it cannot be. */
static uint64_t message_total(const struct framing *framing, const uint8_t *head)
{
	bool little = head[0] == 'l';
	uint64_t body = walk_number(head + 4, 4, little), fields = walk_number(head + 12, 4, little);
	uint64_t total = ((FRAME_HEADER + fields + 7) & ~UINT64_C(7)) + body;

	return fields > ARRAY_MAX || total > MESSAGE_MAX ? 0 : walk_allowed(framing, total);
}

static bool is_message(const uint8_t *head, size_t have)
{
	return is_order(head[0]) && (have <= 3 || head[3] == 1);
}

static size_t header(const struct framing *framing, struct framing_state *state, const uint8_t *p, size_t n)
{
	size_t used = walk_header(state, p, n, FRAME_HEADER, 0);
	uint64_t total;

	if (!is_message(state->head, state->have))
		return walk_desync(state);
	if (state->have < FRAME_HEADER)
		return used;
	total = message_total(framing, state->head);
	if (!total)
		return walk_desync(state);
	memset(state->head, 0, sizeof(state->head));
	walk_begin_frame(state, total, FRAME_HEADER);
	return used;
}

static size_t advance(const struct framing *framing, struct framing_state *state, const uint8_t *p, size_t n,
		      uint64_t offered)
{
	(void)offered;
	if (state->phase == START && start(state, p))
		return 1;
	if (state->phase == LINES && !state->inside && (state->server ? is_order(*p) : *p == 'l'))
		state->phase = MESSAGES;
	if (state->phase == LINES)
		return line(state, p, n);
	return walk_frames(framing, state, p, n, header, walk_plain_payload);
}

static ALWAYS_INLINE uint64_t look(const struct framing *framing, const struct framing_state *state,
				   const uint8_t *p, size_t n)
{
	bool is_whole = n >= FRAME_HEADER && state->phase == MESSAGES && is_message(p, n);

	return is_whole ? message_total(framing, p) : 0;
}

WALK_WHOLE(feed, whole, look)

const struct framing_class framing_dbus = {.name = "dbus", .advance = advance, .feed = feed, .whole = whole};
