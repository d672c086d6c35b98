#ifndef POISONSHIM_FRAMING_WALK_H
#define POISONSHIM_FRAMING_WALK_H

#include <string.h>

#include "framing.h"

#define ALWAYS_INLINE inline __attribute__((always_inline))

/* What the framings share whose messages are frames with a header: one loop, and the steps it is made of. */

/* framing_class.feed: advance in a loop, or by whole messages. */
framing_feeder framing_feed_each;

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
		used += state->left ? payload(framing, state, p + used, n - used)
				    : header(framing, state, p + used, n - used);
		if (state->desync)
			return n;
		if (!state->left && !state->have && (!state->more || framing->frames)) {
			walk_end_message(state);
			return used;
		}
	}
	return used;
}

/* Between messages: the length of the one at p[0], n > 0, if it is one frame that leaves nothing behind but
 * its end, and p[0..n) are enough to know so. 0: advance knows what it is. */
typedef uint64_t walk_look(const struct framing *, const struct framing_state *, const uint8_t *p, size_t n);

/* framing_class.whole: message by message, as far as `look` gets. */
static ALWAYS_INLINE size_t walk_whole(const struct framing *framing, struct framing_state *state,
				       const uint8_t *p, size_t n, walk_look *look)
{
	size_t at = 0;

	if (state->more) /* frame by frame, unit=frame, it is still inside of what is more than that */
		return 0;
	while (at < n && !framing_begins_tls(framing, state, p + at)) {
		uint64_t total = look(framing, state, p + at, n - at);

		if (!total)
			break;
		if (total > n - at) {
			state->left = total - (n - at);
			walk_sent(state, n - at);
			return n;
		}
		at += (size_t)total;
		state->messages++;
	}
	return at;
}

/* framing_class.whole and .feed of a class that has `look`. */
#define WALK_WHOLE(feed, whole, look)                                                                     \
	static size_t whole(const struct framing *framing, struct framing_state *state, const uint8_t *p, \
			    size_t n)                                                                     \
	{                                                                                                 \
		return walk_whole(framing, state, p, n, look);                                            \
	}                                                                                                 \
                                                                                                          \
	static void feed(const struct framing *framing, struct framing_state *state, const uint8_t *p,    \
			 size_t n, uint64_t offered)                                                      \
	{                                                                                                 \
		size_t used = state->inside ? 0 : walk_whole(framing, state, p, n, look);                 \
                                                                                                          \
		if (used < n)                                                                             \
			framing_feed_each(framing, state, p + used, n - used, offered - used);            \
	}

static inline size_t walk_plain_payload(const struct framing *framing, struct framing_state *state,
					const uint8_t *p, size_t n)
{
	(void)framing;
	(void)p;
	return walk_payload(state, n);
}

/* 7 bits a byte, low bits first, the highest says that there is another. Returns how many bytes; 0: more than
 * `most`, or than there are. */
static inline size_t walk_varint(const uint8_t *p, size_t n, size_t most, uint64_t *value)
{
	*value = 0;
	for (size_t i = 0; i < n && i < most; i++) {
		*value |= (uint64_t)(p[i] & 0x7f) << 7 * i;
		if (!(p[i] & 0x80))
			return i + 1;
	}
	return 0;
}

/* For walk_look: the total if it is allowed. */
static inline uint64_t walk_allowed(const struct framing *framing, uint64_t total)
{
	return walk_exceeds(framing, total) ? 0 : total;
}

static ALWAYS_INLINE uint64_t walk_number(const uint8_t *p, size_t length, bool little_endian)
{
	uint64_t value = 0;

	if (little_endian)
		for (size_t i = length; i > 0; i--)
			value = value << 8 | p[i - 1];
	else
		for (size_t i = 0; i < length; i++)
			value = value << 8 | p[i];
	return value;
}

#endif
