#include "walk.h"

/* SQL Server's and Sybase's protocol, [MS-TDS] and [MC-SMP]. Packets of one type up to the one with the end
 * bit are a message. TLS shakes hands inside of packets of type 12 hex; its records then stand among the
 * packets, of a login only or all that follows, or from the first byte on (TDS 8). With several sessions on a
 * connection each SMP packet is a message. The first byte says which of these it is. */

#define TDS_HEADER 8
#define TLS_HEADER 5
#define SMP_HEADER 16

#define TLS_MAX (TLS_HEADER + 16384 + 2048)
#define SMP_MAX (SMP_HEADER + 65535)

enum { END = 1, ATTENTION = 6, CHANGE_CIPHER_SPEC = 0x14, APPLICATION_DATA = 0x17, SMP = 0x53 };

#define STATUS_BITS 0x7f
#define TYPE_MAX 18
#define TYPE (FRAMING_HEAD_MAX - 1) /* in state->head: of the message's packets */

/* What is in use, of clients and servers, but for ATTENTION; 15: Sybase. */
static bool begins_message(uint8_t type)
{
	static const bool types[TYPE_MAX + 1] = {
	    [1] = true,	 [2] = true,  [3] = true,  [4] = true,	[7] = true, [8] = true,
	    [14] = true, [15] = true, [16] = true, [17] = true, [18] = true};

	return types[type];
}

static bool is_tls(uint8_t byte)
{
	return byte >= CHANGE_CIPHER_SPEC && byte <= APPLICATION_DATA;
}

static bool is_packet(const uint8_t *head)
{
	return head[0] && head[0] <= TYPE_MAX && !(head[1] & ~STATUS_BITS) &&
	       walk_number(head + 2, 2, false) >= TDS_HEADER;
}

static uint64_t begin_packet(struct framing_state *state)
{
	const uint8_t *head = state->head;

	if (!is_packet(head) || (state->more && head[0] != head[TYPE] && head[0] != ATTENTION))
		return 0;
	state->more = !(head[1] & END);
	state->head[TYPE] = head[0];
	return walk_number(head + 2, 2, false);
}

static uint64_t begin_record(const struct framing *framing, const struct framing_state *state)
{
	uint64_t total = TLS_HEADER + walk_number(state->head + 3, 2, false);

	return framing->sniffs_tls && !state->more && state->head[1] == 3 && total <= TLS_MAX ? total : 0;
}

static uint64_t begin_smp(const struct framing_state *state)
{
	uint64_t total = walk_number(state->head + 4, 4, true);

	return !state->more && total >= SMP_HEADER && total <= SMP_MAX ? total : 0;
}

/* How long it is; 0: it cannot be. */
static uint64_t begin_frame(const struct framing *framing, struct framing_state *state)
{
	if (is_tls(state->head[0]))
		return begin_record(framing, state);
	return state->head[0] == SMP ? begin_smp(state) : begin_packet(state);
}

static size_t header_length(const struct framing_state *state)
{
	if (state->have == 0)
		return 1;
	return is_tls(state->head[0]) ? TLS_HEADER : TDS_HEADER;
}

static size_t header(const struct framing *framing, struct framing_state *state, const uint8_t *p, size_t n)
{
	size_t used = walk_header(state, p, n, header_length(state), 0);
	uint64_t total;

	if (state->have < header_length(state))
		return used;
	total = begin_frame(framing, state);
	if (!total || walk_exceeds(framing, total))
		return walk_desync(state);
	state->watch = state->more && !framing->frames;
	walk_begin_frame(state, total, state->have);
	return used;
}

static size_t advance(const struct framing *framing, struct framing_state *state, const uint8_t *p, size_t n,
		      uint64_t offered)
{
	(void)offered;
	return walk_frames(framing, state, p, n, header, walk_plain_payload);
}

static ALWAYS_INLINE uint64_t look(const struct framing *framing, const struct framing_state *state,
				   const uint8_t *p, size_t n)
{
	(void)state;
	if (n < TDS_HEADER || !is_packet(p) || !(p[1] & END))
		return 0;
	return walk_allowed(framing, walk_number(p + 2, 2, false));
}

WALK_WHOLE(feed, whole, look)

/* A packet of another type; what asks to stop the message may come before its end. */
static bool abandons(const struct framing *framing, const struct framing_state *state, const uint8_t *p,
		     size_t n)
{
	(void)framing;
	return !state->left && !state->have && n >= TDS_HEADER && is_packet(p) && p[0] != state->head[TYPE] &&
	       begins_message(p[0]);
}

const struct framing_class framing_tds = {
    .name = "tds", .advance = advance, .feed = feed, .whole = whole, .abandons = abandons, .finds_tls = true};
