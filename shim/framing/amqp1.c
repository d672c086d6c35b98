#include "presets.h"
#include "walk.h"

/* AMQP 1.0, part 2. A message is a frame, or a protocol header: each layer (TLS, SASL, AMQP) begins with one,
 * and they are as long as a frame's header is. */

enum { START, FRAMES };

enum { TYPE_AMQP, TYPE_SASL };

#define HEADER 8
#define DATA_OFFSET_MIN 2

static const uint8_t magic[] = {'A', 'M', 'Q', 'P'};

/* How long it is; 0: it cannot be. */
static uint64_t frame_total(const struct framing *framing, uint8_t phase, const uint8_t *head)
{
	uint64_t total = walk_number(head, 4, false);

	if (memcmp(head, magic, sizeof(magic)) == 0)
		total = HEADER;
	else if (phase == START || head[4] < DATA_OFFSET_MIN || head[4] * UINT64_C(4) > total ||
		 head[5] > TYPE_SASL)
		return 0;
	return walk_allowed(framing, total);
}

static bool begin_frame(const struct framing *framing, struct framing_state *state)
{
	uint64_t total = frame_total(framing, state->phase, state->head);

	if (!total)
		return false;
	state->phase = FRAMES;
	walk_begin_frame(state, total, HEADER);
	return true;
}

static size_t header(const struct framing *framing, struct framing_state *state, const uint8_t *p, size_t n)
{
	size_t used = walk_header(state, p, n, HEADER, 0);

	if (state->have == HEADER && !begin_frame(framing, state))
		return walk_desync(state);
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
	return n < HEADER || state->phase == START ? 0 : frame_total(framing, FRAMES, p);
}

WALK_WHOLE(feed, whole, look)

const struct framing_class framing_amqp1 = {
    .name = "amqp1", .advance = advance, .feed = feed, .whole = whole};
