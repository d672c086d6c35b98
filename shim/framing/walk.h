#ifndef POISONSHIM_FRAMING_WALK_H
#define POISONSHIM_FRAMING_WALK_H

#include <string.h>

#include "framing.h"

/* What the framings share whose messages are frames with a header: one loop, and the steps it is made of. */

#define TLS_HANDSHAKE 0x16 /* the type of a TLS stream's first record */

/* framing_class.feed for a class that never becomes another and has nothing better: advance in a loop. */
void framing_feed_each(const struct framing *framing, struct framing_state *state, const uint8_t *p, size_t n,
		       uint64_t offered);

/* framing_class.skip for frames: bytes of the current one, but for the last few. */
uint64_t framing_skip_payload(struct framing_state *state, uint64_t n);

static inline void walk_end_message(struct framing_state *state)
{
	state->messages++;
	state->sent = 0;
	state->inside = false;
}

static inline size_t walk_desync(struct framing_state *state)
{
	state->desync = true;
	return 0;
}

/* Counts n bytes as bytes of the current message. */
static inline size_t walk_sent(struct framing_state *state, size_t n)
{
	state->sent += n;
	state->inside = true;
	return n;
}

/* A frame of that many bytes is longer than the user allows. */
static inline bool walk_exceeds(const struct framing *framing, uint64_t total)
{
	return framing->max && total > framing->max;
}

/* Takes bytes of the current frame's rest. */
static inline size_t walk_payload(struct framing_state *state, size_t n)
{
	size_t take = n < state->left ? n : (size_t)state->left;

	state->left -= take;
	return walk_sent(state, take);
}

/* Takes header bytes until `need` of them have been seen; the first `skip` of them are not kept, the others
 * go to state->head. need - skip <= FRAMING_HEAD_MAX. The header is complete when state->have == need. */
static inline size_t walk_header(struct framing_state *state, const uint8_t *p, size_t n, size_t need,
				 size_t skip)
{
	size_t have = state->have;
	size_t take = n < need - have ? n : need - have;

	for (size_t i = have < skip ? skip - have : 0; i < take; i++)
		state->head[have + i - skip] = p[i];
	state->have = (uint16_t)(have + take);
	return walk_sent(state, take);
}

/* The header said that `total` bytes make the frame; the `header` bytes of it that were needed are taken. */
static inline void walk_begin_frame(struct framing_state *state, uint64_t total, size_t header)
{
	state->have = 0;
	state->left = total - header;
}

typedef size_t walk_step(const struct framing *, struct framing_state *, const uint8_t *p, size_t n);

/* framing_class.advance for frames: `header` takes bytes while no frame has begun; when it knows the frame it
 * sets left and more and puts have back to 0. `payload` takes the others. Both return at least 1 unless they
 * change what comes next. */
static inline size_t walk_frames(const struct framing *framing, struct framing_state *state, const uint8_t *p,
				 size_t n, walk_step *header, walk_step *payload)
{
	size_t used = 0;

	while (used < n) {
		used += (state->left ? payload : header)(framing, state, p + used, n - used);
		if (state->desync)
			return n;
		if (!state->left && !state->have && (!state->more || framing->frames)) {
			walk_end_message(state);
			return used;
		}
	}
	return used;
}

static inline size_t walk_plain_payload(const struct framing *framing, struct framing_state *state,
					const uint8_t *p, size_t n)
{
	(void)framing;
	(void)p;
	return walk_payload(state, n);
}

static inline uint64_t walk_number(const uint8_t *p, size_t length, bool little_endian)
{
	uint64_t value = 0;

	if (little_endian)
		while (length > 0)
			value = value << 8 | p[--length];
	else
		for (const uint8_t *end = p + length; p < end; p++)
			value = value << 8 | *p;
	return value;
}

#endif
