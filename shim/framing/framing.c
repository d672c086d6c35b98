#include "framing.h"

#include "lane.h"
#include "prepare.h"
#include "presets.h"
#include "walk.h"

/* Who parses the next byte. */
static const struct framing *current(const struct framing *framing, const struct framing_state *state)
{
	if (state->parser < FRAMING_STAGES_MAX)
		return framing + state->parser;
	return preset((enum preset)(state->parser - FRAMING_STAGES_MAX));
}

static bool is_before_the_last_stage(const struct framing *framing, const struct framing_state *state)
{
	return state->parser + 1 < framing->stages;
}

void framing_become_tls(struct framing_state *state)
{
	framing_become(state, PRESET_TLS);
}

/* One step of whoever parses. False: it became another's turn, and nothing was consumed. */
static bool step(const struct framing *framing, const struct framing *now, struct framing_state *state,
		 const uint8_t *p, size_t n, uint64_t offered, size_t *used)
{
	uint8_t parser = state->parser;
	uint32_t messages = state->messages;
	bool inside = state->inside;

	if (framing_begins_tls(now, state, p)) {
		framing_become_tls(state);
		return false;
	}
	*used = now->class->advance(now, state, p, n, offered);
	if (state->desync)
		return true;
	if (state->parser != parser)
		return *used || (inside && !state->inside);
	/* A stage covers one message. */
	if (is_before_the_last_stage(framing, state) && state->messages != messages)
		framing_begin_anew(state, state->parser + 1U);
	return true;
}

/* A limit is given to `auto`, not to what it recognises. */
__attribute__((noinline)) static size_t advance_limited(const struct framing *framing,
							struct framing_state *state, const uint8_t *p,
							size_t n, uint64_t offered)
{
	struct framing limited = *current(framing, state);
	size_t used = 0;

	if (state->parser >= FRAMING_STAGES_MAX)
		framing_limit(&limited, framing[framing->stages - 1].max);
	return step(framing, &limited, state, p, n, offered, &used) ? used : 0;
}

static bool limits_another(const struct framing *framing)
{
	const struct framing *last = &framing[framing->stages - 1];

	return last->class == &framing_auto && last->max;
}

size_t framing_advance(const struct framing *framing, struct framing_state *state, const uint8_t *p, size_t n,
		       uint64_t offered)
{
	size_t used = 0;

	if (limits_another(framing))
		return advance_limited(framing, state, p, n, offered);
	while (!step(framing, current(framing, state), state, p, n, offered, &used))
		;
	return used;
}

/* What comes may be left to the class alone: nothing ends or begins that it does not know of. */
static bool feeds_alone(const struct framing *framing, const struct framing *now,
			const struct framing_state *state)
{
	return now->class->feed && !is_before_the_last_stage(framing, state) && !limits_another(framing);
}

void framing_feed(const struct framing *framing, struct framing_state *state, const uint8_t *p, size_t n,
		  uint64_t offered)
{
	while (n && !state->desync) {
		const struct framing *now = current(framing, state);
		size_t used;

		if (feeds_alone(framing, now, state)) {
			now->class->feed(now, state, p, n, offered);
			return;
		}
		used = framing_advance(framing, state, p, n, offered);
		p += used;
		n -= used;
		offered -= used;
	}
}

void framing_feed_on(struct framing_state *state, const uint8_t *p, size_t n, uint64_t offered)
{
	framing_feed(preset((enum preset)(state->parser - FRAMING_STAGES_MAX)), state, p, n, offered);
}

/* Out of line, so that nothing is saved for it on the way through. */
__attribute__((noinline)) static void feed_found(const struct framing *framing, struct framing_state *state,
						 const uint8_t *p, size_t n, uint64_t offered)
{
	const struct framing *now = current(framing, state);

	if (now->class->feed)
		now->class->feed(now, state, p, n, offered);
	else
		framing_feed(framing, state, p, n, offered);
}

/* Framing auto, alone and without a limit: what it recognised is one step away, and mostly it is nothing. */
static void feed_recognised(const struct framing *framing, struct framing_state *state, const uint8_t *p,
			    size_t n, uint64_t offered)
{
	if (state->parser == FRAMING_STAGES_MAX + PRESET_CALL)
		framing_call.feed(preset(PRESET_CALL), state, p, n, offered);
	else
		feed_found(framing, state, p, n, offered);
}

/* One stage, of a class that may become another. */
static void feed_changing(const struct framing *framing, struct framing_state *state, const uint8_t *p,
			  size_t n, uint64_t offered)
{
	if (!state->parser)
		framing->class->feed(framing, state, p, n, offered);
	else
		feed_found(framing, state, p, n, offered);
}

framing_feeder *framing_feeder_of(const struct framing *framing)
{
	static const struct framing_state start = {0};

	if (framing->class == &framing_auto && framing->stages == 1 && !framing->max)
		return feed_recognised;
	if (!feeds_alone(framing, framing, &start))
		return framing_feed;
	return framing->class->stays && !framing->sniffs_tls ? framing->class->feed : feed_changing;
}

enum framing_lane framing_lane_of(const struct framing *framing, const struct framing_state *state)
{
	const struct framing *now = current(framing, state);

	if (!feeds_alone(framing, now, state))
		return FRAMING_LANE_NONE;
	if (now->class == &framing_call && !state->left)
		return FRAMING_LANE_CALLS;
	if (now != framing)
		return FRAMING_LANE_NONE;
	if (now->class == &framing_length_field)
		return now->length.bare_room ? FRAMING_LANE_LENGTH : FRAMING_LANE_NONE;
	if (now->class == &framing_delimiter)
		return FRAMING_LANE_BYTE;
	return now->class == &framing_fixed ? FRAMING_LANE_FIXED : FRAMING_LANE_NONE;
}

/* A frame may end in a trailer (struct length_field). */
#define LAST_BYTES 8

bool framing_goes_on(const struct framing *framing, const struct framing_state *state, uint64_t n)
{
	const struct framing_class *now = current(framing, state)->class;

	return state->left > LAST_BYTES && n <= state->left - LAST_BYTES &&
	       (!now->skip || now->counts_rest) && !state->desync;
}

bool framing_count(const struct framing *framing, struct framing_state *state, uint64_t n)
{
	if (!framing_goes_on(framing, state, n))
		return false;
	state->left -= n;
	state->sent += n;
	return true;
}

uint64_t framing_skip_payload(struct framing_state *state, uint64_t n)
{
	uint64_t unseen = state->left > LAST_BYTES ? state->left - LAST_BYTES : 0;

	if (n > unseen)
		n = unseen;
	state->left -= n;
	state->sent += n;
	return n;
}

uint64_t framing_skip(const struct framing *framing, struct framing_state *state, uint64_t n,
		      uint64_t offered)
{
	const struct framing *now = current(framing, state);
	uint32_t messages = state->messages;

	if (!now->class->skip)
		return framing_skip_payload(state, n);
	n = now->class->skip(now, state, n, offered);
	if (is_before_the_last_stage(framing, state) && state->messages != messages)
		framing_begin_anew(state, state->parser + 1U);
	return n;
}

/* Any frame may come next there. */
static bool is_between_frames(const struct framing *now, const struct framing_state *state)
{
	return now->class->interleaves && state->inside && !state->left && !state->have;
}

size_t framing_first_boundary(const struct framing *framing, const struct framing_state *state,
			      const uint8_t *p, size_t n, uint64_t offered)
{
	const struct framing *now = current(framing, state);
	struct framing_state copy = *state;
	size_t used;

	if (n == 0 || copy.desync)
		return n;
	if (is_between_frames(now, state))
		return 0;
	if (now->class->interleaves) {
		struct framing by_frame = *now;

		by_frame.frames = true;
		used = now->class->advance(&by_frame, &copy, p, n, offered);
	} else {
		used = framing_advance(framing, &copy, p, n, offered);
	}
	return copy.desync ? n : used;
}

bool framing_abandons(const struct framing *framing, const struct framing_state *state, const uint8_t *p,
		      size_t n)
{
	const struct framing *now = current(framing, state);

	return n && state->watch && now->class->abandons(now, state, p, n);
}

bool framing_is_open_ended(const struct framing *framing, const struct framing_state *state)
{
	const struct framing *now = current(framing, state);

	return now->class->is_open_ended && now->class->is_open_ended(now, state);
}

const char *framing_recognised(const struct framing *framing, const struct framing_state *state)
{
	return state->parser < FRAMING_STAGES_MAX ? framing->name : current(framing, state)->name;
}

const char *framing_protocol(const struct framing *framing, const struct framing_state *state)
{
	return current(framing, state)->protocol;
}

bool framing_is_call(const struct framing *framing, const struct framing_state *state)
{
	return framing_is_blind(framing, state) && !framing_is_begun(framing, state);
}

bool framing_is_blind(const struct framing *framing, const struct framing_state *state)
{
	const struct framing_class *now = current(framing, state)->class;

	return now == &framing_call || now == &framing_explicit;
}

/* What `auto` takes for calls, for want of a protocol, became a preset; a `call` of the user's is a stage. */
bool framing_obeys(const struct framing *framing, const struct framing_state *state)
{
	const struct framing_class *now = current(framing, state)->class;

	return now == &framing_explicit || now == &framing_auto ||
	       (now == &framing_call && state->parser >= FRAMING_STAGES_MAX &&
		framing[framing->stages - 1].class == &framing_auto);
}

void framing_begin(const struct framing *framing, struct framing_state *state)
{
	if (current(framing, state)->class != &framing_explicit)
		framing_become(state, PRESET_EXPLICIT);
	state->phase = 1;
}

bool framing_is_begun(const struct framing *framing, const struct framing_state *state)
{
	return current(framing, state)->class == &framing_explicit && state->phase;
}

void framing_end(const struct framing *framing, struct framing_state *state)
{
	state->phase = 0;
	if (!state->inside)
		return;
	walk_end_message(state);
	if (is_before_the_last_stage(framing, state))
		framing_begin_anew(state, state->parser + 1U);
}

bool framing_is_undecided(const struct framing *framing, const struct framing_state *state)
{
	return current(framing, state)->class == &framing_auto;
}

bool framing_needs_no_past(const struct framing *framing)
{
	return framing->stages == 1 && (framing->class == &framing_call || framing->class == &framing_auto ||
					framing->class == &framing_explicit);
}

void framing_begin_in_the_middle(const struct framing *framing, struct framing_state *state)
{
	if (framing_is_undecided(framing, state))
		framing_become(state, PRESET_CALL);
}

uint64_t framing_message_length(const struct framing_state *state)
{
	return state->left ? state->sent + state->left : 0;
}
