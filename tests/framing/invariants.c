#include "invariants.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../shim/framing/lane.h"
#include "../../shim/framing/presets.h"

#define IDLE_STEPS_MAX 4

void invariant_broken(const char *what, const char *framing)
{
	fprintf(stderr, "%s: %s\n", framing, what);
	abort();
}

static void check_state(const struct framing *framing, const struct framing_state *state)
{
	if (state->desync)
		return;
	if (state->inside != (state->sent != 0))
		invariant_broken("inside without a byte sent, or the other way round", framing->name);
	if (!state->inside && state->left)
		invariant_broken("bytes left at a boundary", framing->name);
	if (!state->inside && state->watch)
		invariant_broken("watched at a boundary", framing->name);
	if (framing_message_length(state) && framing_message_length(state) <= state->sent)
		invariant_broken("a message that is complete is not over", framing->name);
}

/* Lines and delimiters may be counted differently, delimiter.c. */
static bool is_exact(const struct framing *framing)
{
	for (unsigned i = 0; i < framing->stages; i++)
		if (framing[i].class == &framing_delimiter && !framing[i].delimiter.scan && !framing[i].max)
			return false;
	return true;
}

void same_state(const struct framing *framing, const struct framing_state *a, const struct framing_state *b)
{
	if (a->desync != b->desync)
		invariant_broken("desync depends on the pieces", framing->name);
	if (a->desync)
		return;
	if (is_exact(framing) && a->messages != b->messages)
		invariant_broken("the messages depend on the pieces", framing->name);
	if (a->inside != b->inside || a->left != b->left || a->sent != b->sent || a->have != b->have ||
	    a->phase != b->phase || a->parser != b->parser || a->more != b->more || a->watch != b->watch)
		invariant_broken("the state depends on the pieces", framing->name);
}

/* Questions that change nothing. */
static void ask(const struct framing *framing, const struct framing_state *state, const uint8_t *p, size_t n,
		uint64_t offered)
{
	const struct framing_state before = *state;

	if (framing_first_boundary(framing, state, p, n, offered) > n)
		invariant_broken("a boundary behind the bytes", framing->name);
	framing_abandons(framing, state, p, n < FRAMING_PROOF_MAX ? n : FRAMING_PROOF_MAX);
	framing_is_open_ended(framing, state);
	framing_is_call(framing, state);
	framing_recognised(framing, state);
	if (memcmp(&before, state, sizeof(before)) != 0)
		invariant_broken("a question changed the state", framing->name);
}

static const struct framing_class *class_of(const struct framing *framing, const struct framing_state *state)
{
	if (state->parser < framing->stages)
		return framing[state->parser].class;
	return preset((enum preset)(state->parser - FRAMING_STAGES_MAX))->class;
}

/* What cannot be seen of a message is nothing but counted: who parses has no other mind of its own about it.
 */
static bool only_counts(const struct framing *framing, const struct framing_state *state)
{
	const struct framing_class *class = class_of(framing, state);

	return !class->skip || class == &framing_length_field;
}

/* Bytes that need not be seen make no difference to what comes of the others. */
static void skip_some(const struct framing *framing, struct framing_state copy, const uint8_t *p, size_t n,
		      uint64_t offered, const struct framing_state *fed)
{
	bool counts = only_counts(framing, &copy);
	uint64_t skipped = framing_skip(framing, &copy, n, offered);

	if (skipped > n)
		invariant_broken("more bytes skipped than there were", framing->name);
	check_state(framing, &copy);
	if (!counts)
		return;
	framing_feed(framing, &copy, p + skipped, n - skipped, offered - skipped);
	same_state(framing, &copy, fed);
}

/* What is counted at once holds no boundary, and leads where it would have led. */
static void count_some(const struct framing *framing, const struct framing_state *before, const uint8_t *p,
		       size_t n, uint64_t offered, const struct framing_state *fed)
{
	struct framing_state counted = *before;

	if (framing_count(framing, &counted, n)) {
		if (framing_first_boundary(framing, before, p, n, offered) != n)
			invariant_broken("a boundary in what was counted at once", framing->name);
		same_state(framing, &counted, fed);
	} else if (memcmp(&counted, before, sizeof(counted)) != 0) {
		invariant_broken("what was not counted changed the state", framing->name);
	}
}

/* Step by step: each consumes something, but for a few that change what comes next. */
static struct framing_state advance_all(const struct framing *framing, struct framing_state copy,
					const uint8_t *p, size_t n, uint64_t offered)
{
	unsigned idle = 0;

	while (n && !copy.desync) {
		size_t used = framing_advance(framing, &copy, p, n, offered);

		if (copy.desync)
			break;
		if (used > n)
			invariant_broken("more bytes consumed than there were", framing->name);
		idle = used ? 0 : idle + 1;
		if (idle > IDLE_STEPS_MAX)
			invariant_broken("steps that lead nowhere", framing->name);
		p += used;
		n -= used;
		offered -= used;
	}
	return copy;
}

static bool lane_takes(const struct framing *framing, struct framing_state *state, const uint8_t *p, size_t n)
{
	enum framing_lane lane = framing_lane_of(framing, state);

	if (lane != FRAMING_LANE_CALLS)
		return framing_lane_feed(lane, framing, state, p, n);
	framing_lane_call(state);
	return true;
}

/* What a lane takes of whole writes leads where it would have led without. */
static void take_the_lane(const struct framing *framing, struct framing_state fed, const uint8_t *p, size_t n)
{
	struct framing_state state = fed;

	if (!lane_takes(framing, &state, p, n))
		return;
	framing_feeder_of(framing)(framing, &fed, p, n, n);
	same_state(framing, &fed, &state);
	if (fed.messages != state.messages)
		invariant_broken("a lane counts its messages differently", framing->name);
}

/* Message by message, all at once, and as the profile of a stream does it: it comes to the same. */
static void feed_piece(const struct framing *framing, struct framing_state *state, const uint8_t *p, size_t n,
		       uint64_t offered)
{
	uint8_t *piece = n ? malloc(n) : NULL;
	struct framing_state before = *state, advanced, fed = *state;

	if (piece)
		memcpy(piece, p, n);
	ask(framing, state, piece, n, offered);
	advanced = advance_all(framing, before, piece, n, offered);
	framing_feed(framing, &fed, piece, n, offered);
	framing_feeder_of(framing)(framing, state, piece, n, offered);
	same_state(framing, &advanced, state);
	same_state(framing, &fed, state);
	if (n) {
		skip_some(framing, before, piece, n, offered, state);
		count_some(framing, &before, piece, n, offered, state);
		take_the_lane(framing, before, piece, n);
	}
	free(piece);
	check_state(framing, state);
}

struct framing_state feed_in_pieces(const struct framing *framing, struct framing_state state,
				    const uint8_t *stream, size_t length, size_t (*next)(void *, size_t left),
				    void *closure)
{
	for (size_t at = 0, n; at < length; at += n) {
		n = next(closure, length - at);
		feed_piece(framing, &state, stream + at, n, length - at);
	}
	return state;
}
