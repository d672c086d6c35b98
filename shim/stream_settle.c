#include "stream.h"

#include <errno.h>

#include "config.h"
#include "fdtable.h"
#include "sandbox.h"
#include "stats.h"

#define DESYNC_SHOWN 16

static void lose_framing(struct stream *stream, const struct call *call)
{
	uint8_t bytes[DESYNC_SHOWN];
	struct report details = {
	    .bytes = bytes,
	    .verdict = stream->profile->desync_poisons ? VERDICT_DESYNC : VERDICT_NONE,
	};

	if (!fdtable_verify(call->fd, stream)) {
		stream_set_state(stream, STREAM_OFF);
		return;
	}
	if (stream_was_bypassed(stream, call->fd))
		return;
	details.bytes_length = (uint32_t)offer_copy(&call->offer, 0, bytes, sizeof(bytes));
	stream_report(stream, call->fd, EVENT_DESYNC, &details);
	if (!stream->profile->desync_poisons || !stream_poison(stream, call->fd, VERDICT_DESYNC, NULL))
		stream_set_state(stream, STREAM_OFF);
}

static void note_cut(struct stream *stream, const struct call *call, ssize_t result, int error)
{
	stream->cut = CUT_ERROR; /* refined when somebody wants to know: stream_report.c */
	stream->cut_errno = (uint8_t)(result < 0 ? error : 0);
	stream->cut_dontwait = call->flags & MSG_DONTWAIT;
	stream->cut_tick = stream_tick_ms();
}

/* While framing `auto` does not know, the refused bytes may tell. */
static bool will_be_call(const struct stream *stream, const struct call *call, uint64_t accepted)
{
	const struct framing *framing = stream->profile->framing;
	struct framing_state ahead = stream->frame;
	uint8_t next[FRAMING_HEAD_MAX];
	size_t n = offer_copy(&call->offer, accepted, next, sizeof(next));

	framing_feed(framing, &ahead, next, n, n);
	return framing_is_call(framing, &ahead);
}

static uint32_t window(const struct stream *stream, const struct call *call, uint64_t accepted)
{
	const struct profile *profile = stream->profile;
	bool is_call = framing_is_undecided(profile->framing, &stream->frame)
			   ? will_be_call(stream, call, accepted)
			   : framing_is_call(profile->framing, &stream->frame);

	return is_call ? profile->call_window : profile->window;
}

/* The kernel refused bytes of a message that has begun. */
static void tear(struct stream *stream, const struct call *call, uint64_t accepted, ssize_t result, int error)
{
	bool was_torn = stream->state == STREAM_TORN;

	tail_keep(&stream->tail, &call->offer, accepted, window(stream, call, accepted),
		  stream->profile->framing, &stream->frame);
	note_cut(stream, call, result, error);
	if (!was_torn || !stream->tail.length)
		stream_set_state(stream, stream->tail.length ? STREAM_TORN : STREAM_UNCUT);
	if (!was_torn)
		stream_report(stream, call->fd, EVENT_TORN, NULL);
	if (config.strict && stream_was_interrupted(stream, call) && fdtable_verify(call->fd, stream))
		stream_poison(stream, call->fd, VERDICT_STRICT, NULL);
}

static void reach_boundary(struct stream *stream, const struct call *call)
{
	bool was_torn = stream->state == STREAM_TORN;

	tail_clear(&stream->tail);
	stream->cut = CUT_NONE;
	stream_set_state(stream, STREAM_UNCUT);
	if (was_torn)
		stream_report(stream, call->fd, EVENT_RESUMED, NULL);
}

/* Everything offered went through, and the message still goes on. */
static void stay_inside(struct stream *stream, const struct call *call)
{
	bool was_torn = stream->state == STREAM_TORN;

	if (!stream->tail.length)
		tail_clear(&stream->tail);
	stream_set_state(stream, stream->tail.length ? STREAM_TORN : STREAM_UNCUT);
	if (was_torn && stream->state == STREAM_UNCUT)
		stream_report(stream, call->fd, EVENT_RESUMED, NULL);
}

/* One that was torn already was asked for then, and went on with what was refused: of one with no other
 * number, that will do. Before anything is held against it, it is asked for again. */
static bool is_news(const struct stream *stream, enum offer_fed fed)
{
	if (stream->frame.desync || fed == OFFER_FED_BLIND)
		return true;
	return fed == OFFER_FED_PART && stream->frame.inside &&
	       (stream->state != STREAM_TORN || atomic_load(&stream->fds) > 1);
}

/* A message is cut, or the framing lost: is the number still the stream's, or was it reused behind our back,
 * and the bytes went to another connection? Then nothing of it may be held against the stream's other
 * numbers. */
static bool went_elsewhere(struct stream *stream, int fd, enum offer_fed fed)
{
	return is_news(stream, fed) && fdtable_means(fd, stream) && !fdtable_verify(fd, stream);
}

/* The kernel took a part of what was left of a cut message, from the middle of a frame: most short writes are
 * that, and the long way leads to the same. */
static bool stays_torn(struct stream *stream, const struct call *call, ssize_t result)
{
	return result > 0 && call->offer.shape == OFFER_FLAT && (size_t)result < call->offer.count &&
	       stream->state == STREAM_TORN && atomic_load(&stream->fds) == 1 &&
	       framing_count(stream->profile->framing, &stream->frame, (uint64_t)result);
}

static void stay_torn(struct stream *stream, const struct call *call, ssize_t result)
{
	stream->accepted += (uint32_t)result;
	stats_count_any(stream, (uint64_t)result);
	tail_advance(&stream->tail, (uint64_t)result);
	tear(stream, call, (uint64_t)result, result, 0);
}

void stream_settle(const struct call *call, ssize_t result, bool was_fed)
{
	struct stream *stream = call->stream;

	if (sandbox_holds()) {
		stream_give_up(stream);
		return;
	}
	if (stays_torn(stream, call, result)) {
		stay_torn(stream, call, result);
		return;
	}
	/* Another thread may have seen what we did not. */
	if (stream->state == STREAM_OFF)
		return;
	int error = errno;
	uint64_t accepted = offer_accepted(&call->offer, result);
	const struct framing_state before = stream->frame;
	enum offer_fed fed = was_fed ? OFFER_FED_WHOLE : OFFER_FED_PART;

	if (result >= 0 && !was_fed) {
		stream->accepted += (uint32_t)accepted;
		fed = offer_feed(&call->offer, result, stream->profile, &stream->frame);
	}
	if (went_elsewhere(stream, call->fd, fed)) {
		stream->frame = before;
		stream->accepted -= result >= 0 ? (uint32_t)accepted : 0;
		fdtable_begun(call->fd);
		errno = error;
		return;
	}
	stats_count_any(stream, accepted);
	if (stream->tail.length)
		tail_advance(&stream->tail, accepted);
	if (stream->frame.messages != before.messages && config.deadline_ns)
		stream->begin_ms = stream_clock_ms();
	if (fed == OFFER_FED_BLIND)
		stream_off(stream, call->fd,
			   "bytes went out that cannot be seen, where the framing must see them");
	else if (stream->frame.desync)
		lose_framing(stream, call);
	else if (!stream->frame.inside)
		reach_boundary(stream, call);
	else if (fed == OFFER_FED_WHOLE)
		stay_inside(stream, call);
	else
		tear(stream, call, accepted, result, error);
	errno = error;
}
