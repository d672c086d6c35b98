#include "presets.h"
#include "walk.h"

/* AMQP 1.0, part 2. A message is a frame, or a protocol header: each layer (TLS, SASL, AMQP) begins with one,
 * and they are as long as a frame's header is. */

enum { START, FRAMES };

enum { TYPE_AMQP, TYPE_SASL };

#define HEADER 8
#define DATA_OFFSET_MIN 2

static const uint8_t magic[] = {'A', 'M', 'Q', 'P'};

static bool begin_frame(const struct framing *framing, struct framing_state *state)
{
	const uint8_t *head = state->head;
	uint64_t total = walk_number(head, 4, false);

	if (memcmp(head, magic, sizeof(magic)) == 0)
		total = HEADER;
	else if (state->phase == START || head[4] < DATA_OFFSET_MIN || head[4] * UINT64_C(4) > total ||
		 head[5] > TYPE_SASL)
		return false;
	state->phase = FRAMES;
	walk_begin_frame(state, total, HEADER);
	return !walk_exceeds(framing, total);
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

const struct framing_class framing_amqp1 = {.name = "amqp1", .advance = advance, .feed = framing_feed_each};
