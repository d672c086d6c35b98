#ifndef POISONSHIM_STREAM_CLEAN_H
#define POISONSHIM_STREAM_CLEAN_H

/* The clean path: a thread with no other call in flight writes to a stream that is clean or open. It is
 * inlined into the hooks: every instruction counts here, and only here. Whatever is not so goes to
 * stream_enter(). */

#include <pthread.h>

#include "fdtable.h"
#include "framing/lane.h"
#include "stats.h"
#include "stream.h"

#define likely(condition) __builtin_expect(!!(condition), 1)

/* Urgent data (MSG_OOB) is not in the stream: stream_enter.c. */
static inline bool stream_is_clean_call(int flags)
{
	return likely(thread_is_idle() && !(flags & MSG_OOB));
}

/* What is needed once the kernel has answered. Behind a call it is read as volatile: loaded again where it is
 * needed, and kept in no register, which would have to be saved for that. */
struct clean_call {
	struct mark mark;
	const void *base;
	size_t count;
	ssize_t result;
	int flags; /* MSG_*; not set if they are a constant */
};

/* Single-threaded, the thread's list of calls in flight says all, and the owner stays 0. False: nothing has
 * happened, take the long way. */
static inline bool stream_enter_alone(struct stream *stream, struct clean_call *clean, struct mark *mark,
				      int fd, int flags)
{
	(void)mark;
	if (!stream_is_clean_call(flags))
		return false;
	thread_push(0, stream, &clean->mark, fd);
	if (likely(!stream->hindrances))
		return true;
	thread_pop(0);
	return false;
}

static inline bool stream_take(struct stream *stream, int fd)
{
	uint32_t nobody = 0;

	if (!likely(atomic_compare_exchange_strong_explicit(&stream->owner, &nobody, thread_self.token,
							    memory_order_acquire, memory_order_relaxed)))
		return false;
	if (likely(fdtable[fd] == (uintptr_t)stream && !stream->gate))
		return true;
	stream_release(stream);
	return false;
}

/* With other threads about, this one may have been cancelled before it came here, when nothing was sent that
 * could be cut; and the stream may have been closed between look-up and taking. For the question after
 * cancellation registers are saved anyway, so `clean` stays in them. */
static inline bool stream_enter_threaded(struct stream *stream, struct clean_call *clean, struct mark *mark,
					 int fd, int flags)
{
	if (!stream_is_clean_call(flags))
		return false;
	pthread_testcancel();
	clean->mark.stream = stream;
	thread_push(0, stream, mark, fd);
	if (stream_take(stream, fd))
		return true;
	thread_pop(0);
	return false;
}

/* True if all of a flat buffer went, and that was something. */
static inline bool stream_went_whole(const struct clean_call *clean, enum offer_shape shape, ssize_t result)
{
	return likely(shape == OFFER_FLAT && result > 0 && (size_t)result == clean->count);
}

/* Volatile, so that the first lane has it compared in memory, where the others load it. */
static inline enum framing_lane stream_lane(const struct stream *stream)
{
	return (enum framing_lane)(*(const volatile uint8_t *)&stream->lane);
}

static inline bool stream_feed_lane(const struct clean_call *clean, ssize_t result)
{
	struct stream *stream = clean->mark.stream;

	if (stream->lane == FRAMING_LANE_CALLS) {
		framing_lane_call(&stream->frame);
		return true;
	}
	return framing_lane_feed(stream_lane(stream), stream->profile->framing, &stream->frame, clean->base,
				 (size_t)result);
}

static inline ssize_t stream_leave_slowly(const volatile struct clean_call *clean, enum offer_shape shape,
					  bool has_flags, ssize_t result)
{
	uint64_t how = STREAM_HOW(shape, has_flags ? clean->flags : 0);

	if (shape == OFFER_VECTOR || shape == OFFER_MESSAGE)
		return stream_leave_pieces(clean->mark.stream, clean->base, clean->count, how, result);
	return stream_leave_unclean(clean->mark.stream, clean->base, clean->count, how, result);
}

/* No lane took it. True: no news. */
static inline bool stream_feed(volatile struct clean_call *clean, ssize_t result)
{
	clean->result = result;
	stream_feed_whole(clean->mark.stream, clean->base, (size_t)result);
	return likely(!clean->mark.stream->frame.news);
}

static inline ssize_t stream_leave_with_news(const volatile struct clean_call *clean, bool has_flags)
{
	return stream_leave_fed(clean->mark.stream, clean->base, clean->count,
				STREAM_HOW(OFFER_FLAT, has_flags ? clean->flags : 0), clean->result);
}

static inline ssize_t stream_leave_counted(struct stream *stream, ssize_t result, bool taken)
{
	stream->accepted += (uint32_t)result;
	stats_count(stream, (size_t)result);
	if (!likely(taken ? stream_give_back(stream) : !stream->hindrances))
		return stream_leave_owned(stream, result);
	thread_pop(0);
	return result;
}

static inline ssize_t stream_leave_alone(struct clean_call *clean, enum offer_shape shape, bool has_flags,
					 ssize_t result)
{
	volatile struct clean_call *later = clean;

	if (!stream_went_whole(clean, shape, result))
		return stream_leave_slowly(clean, shape, has_flags, result);
	if (likely(stream_feed_lane(clean, result)))
		return stream_leave_counted(clean->mark.stream, result, false);
	if (stream_feed(later, result))
		return stream_leave_counted(later->mark.stream, later->result, false);
	return stream_leave_with_news(later, has_flags);
}

/* For the question after cancellation registers are saved anyway: all may stay in them. */
static inline ssize_t stream_leave_threaded(struct clean_call *clean, enum offer_shape shape, bool has_flags,
					    ssize_t result)
{
	struct stream *stream = clean->mark.stream;

	if (!stream_went_whole(clean, shape, result))
		return stream_leave_slowly(clean, shape, has_flags, result);
	if (!stream_feed_lane(clean, result)) {
		stream_feed_whole(stream, clean->base, (size_t)result);
		if (!likely(!stream->frame.news))
			return stream_leave_fed(stream, clean->base, clean->count,
						STREAM_HOW(shape, has_flags ? clean->flags : 0), result);
	}
	return stream_leave_counted(stream, result, true);
}

#endif
