#include "tail.h"

#include <string.h>

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

/* Room for `window` bytes, with what is known moved to its beginning; returns how many there is room for. */
static uint32_t make_room(struct tail *tail, uint32_t window)
{
	uint8_t *known = storage(tail) + tail->start;
	struct tail_block *block = window > TAIL_SMALL && !tail->in_block ? pool_take(&windows) : NULL;

	if (block) {
		memcpy(block->bytes, known, tail->length);
		tail->block = block;
		tail->in_block = 1;
	} else if (tail->length) {
		memmove(storage(tail), known, tail->length);
	}
	tail->start = 0;
	return tail->in_block || window < TAIL_SMALL ? window : TAIL_SMALL;
}

/* What is known already was compared with the offer, and may be more than can be read of it now. */
void tail_keep(struct tail *tail, const struct offer *offer, uint64_t accepted, uint32_t window,
	       const struct framing *framing, const struct framing_state *state)
{
	uint32_t room = make_room(tail, window), known = tail->length;
	uint8_t *bytes = storage(tail);
	size_t length = known;

	if (known == 0)
		length = offer_copy_rest(offer, accepted, bytes, room);
	else if (known < room)
		length += offer_copy(offer, accepted + known, bytes + known, room - known);
	if (!framing_goes_on(framing, state, length))
		length = framing_first_boundary(framing, state, bytes, length, length);
	tail->length = (uint32_t)length;
	if (!tail->length)
		tail_clear(tail);
}

void tail_advance(struct tail *tail, uint64_t accepted)
{
	uint32_t gone = accepted < tail->length ? (uint32_t)accepted : tail->length;

	tail->start += gone & 0x7fffffff;
	tail->length -= gone;
}

bool tail_matches(const struct tail *tail, const struct offer *offer)
{
	const uint8_t *bytes = tail->in_block ? tail->block->bytes : tail->small;

	return offer_begins_with(offer, bytes + tail->start, tail->length);
}
