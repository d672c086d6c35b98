#include "tail.h"

#define TAIL_CHUNK 16

static struct pool windows = {.blocks = TAIL_CHUNK};

void tail_start(uint32_t largest_window)
{
	windows.size = (sizeof(struct tail_block) + largest_window + 7) & ~(size_t)7;
}

static uint8_t *storage(struct tail *tail)
{
	return tail->in_block ? tail->block->bytes : tail->small;
}

void tail_clear(struct tail *tail)
{
	if (tail->in_block)
		pool_give(&windows, tail->block);
	*tail = (struct tail){0};
}

/* Room for `window` bytes; returns how many there is room for. */
static uint32_t make_room(struct tail *tail, uint32_t window)
{
	if (window > TAIL_SMALL && !tail->in_block) {
		struct tail_block *block = pool_take(&windows);

		if (block) {
			tail->block = block;
			tail->in_block = 1;
		}
	}
	if (tail->in_block)
		return window;
	return window < TAIL_SMALL ? window : TAIL_SMALL;
}

void tail_keep(struct tail *tail, const struct offer *offer, uint64_t accepted, uint32_t window,
	       const struct framing *framing, const struct framing_state *state)
{
	if (tail->length && offer_measure(offer) <= accepted + tail->length)
		return;
	if (tail->length && !tail->in_block && window > TAIL_SMALL)
		tail_clear(tail);

	uint32_t room = make_room(tail, window);
	size_t copied = offer_copy(offer, accepted, storage(tail), room);

	tail->start = 0;
	tail->length = (uint32_t)framing_first_boundary(framing, state, storage(tail), copied, copied);
	if (!tail->length)
		tail_clear(tail);
}

void tail_advance(struct tail *tail, uint64_t accepted)
{
	if (accepted >= tail->length) {
		tail_clear(tail);
		return;
	}
	tail->start += (uint32_t)accepted & 0x7fffffff;
	tail->length -= (uint32_t)accepted;
}

bool tail_matches(const struct tail *tail, const struct offer *offer)
{
	const uint8_t *bytes = tail->in_block ? tail->block->bytes : tail->small;

	return offer_begins_with(offer, bytes + tail->start, tail->length);
}
