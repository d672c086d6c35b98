#ifndef POISONSHIM_FRAMING_LANE_H
#define POISONSHIM_FRAMING_LANE_H

#include <endian.h>
#include <string.h>

#include "walk.h"

/* What most writes are, of the framings that most connections have, in a few instructions for the hooks to
 * inline. A lane is chosen now and then, for the framing and for where the stream stands in it. */
enum framing_lane {
	FRAMING_LANE_NONE,
	FRAMING_LANE_CALLS,  /* framing `call` at a boundary, to which only another lane's choice puts an end
			      */
	FRAMING_LANE_LENGTH, /* length-field, the only stage */
	FRAMING_LANE_BYTE,   /* messages that end in one byte, the only stage */
	FRAMING_LANE_FIXED,  /* the only stage */
};

enum framing_lane framing_lane_of(const struct framing *framing, const struct framing_state *state);

/* The length field, by one load of 8 bytes that ends at byte field->fast. */
static inline uint64_t framing_lane_load(const struct length_field *field, const uint8_t *p)
{
	uint64_t raw;

	memcpy(&raw, p + field->fast - sizeof(raw), sizeof(raw));
	if (field->little_endian)
		return le64toh(raw) & field->mask;
	return be64toh(raw) >> field->shift;
}

/* True if p[0..n) is one whole frame, and nothing but its length matters. */
static inline bool framing_lane_is_frame(const struct length_field *field, const struct framing_state *state,
					 const uint8_t *p, size_t n)
{
	return !state->inside && (uint64_t)n - field->fast < field->bare_room &&
	       framing_lane_load(field, p) + (uint64_t)field->added == n;
}

/* Consumes all of what a write offered, in FRAMING_LANE_CALLS. */
static inline void framing_lane_call(struct framing_state *state)
{
	state->messages++;
}

/* In the others: p[0..n), n > 0, all of what a write offered; false: no, that
 * is for profile->feed to do. */
static inline bool framing_lane_feed(enum framing_lane lane, const struct framing *framing,
				     struct framing_state *state, const uint8_t *p, size_t n)
{
	if (lane == FRAMING_LANE_LENGTH) {
		if (!framing_lane_is_frame(&framing->length, state, p, n))
			return false;
		state->messages++;
		return true;
	}
	if (lane == FRAMING_LANE_BYTE && p[n - 1] == framing->delimiter.only) {
		walk_end_message(state);
		return true;
	}
	/* Inside of one it leads to the same place in the next. */
	if (lane == FRAMING_LANE_FIXED && n == framing->fixed) {
		state->messages++;
		return true;
	}
	return false;
}

#endif
