#ifndef POISONSHIM_STREAM_CLEAN_H
#define POISONSHIM_STREAM_CLEAN_H

/* The clean path: a thread with no other call in flight writes to a stream that is clean or open. It is
 * inlined into the hooks: every instruction counts here, and only here. Whatever is not so goes to
 * stream_enter(). */

#include <pthread.h>

#include "fdtable.h"
#include "stats.h"
#include "stream.h"

#define likely(condition) __builtin_expect(!!(condition), 1)

/* Urgent data (MSG_OOB) is not in the stream: stream_enter.c. */
static inline bool stream_is_clean_call(int flags)
{
	return likely(thread_is_idle() && !(flags & MSG_OOB));
}

/* What is needed once the kernel has answered. */
struct clean_call {
	struct mark mark;
	const void *base;
	size_t count;
};

/* Single-threaded, the thread's list of calls in flight says all, and the owner stays 0. False: nothing has
 * happened, take the long way. All of `clean` lies in memory then, beside the mark, which others can see:
 * behind the call it is loaded again, where variables would have registers saved and restored for them. */
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

/* The long way out. `flags` stay in memory, for a register is saved and restored by every call, and only this
 * way asks. NULL: none. */
static inline void stream_leave_unclean(const struct clean_call *clean, enum offer_shape shape,
					const volatile int *flags, ssize_t result, uint64_t fed)
{
	stream_leave_settling(clean->mark.stream, clean->base, clean->count,
			      STREAM_HOW(shape, flags ? *flags : 0) | fed, result);
}

/* True if all of a flat buffer went. The sum is 0 for -1, even if the count was SIZE_MAX, and beyond the
 * count only if all of it went. */
static inline bool stream_went_whole(const struct clean_call *clean, enum offer_shape shape, ssize_t result)
{
	return likely(shape == OFFER_FLAT && (size_t)result + 1 > clean->count);
}

/* Framing `call` outside of a message: no more than a count. */
static inline bool stream_counts_calls(const struct stream *stream)
{
	return stream->profile->counts_calls && !stream->frame.left;
}

/* True: no news. */
static inline bool stream_feed(const struct clean_call *clean, ssize_t result)
{
	struct stream *stream = clean->mark.stream;
	const struct profile *profile = stream->profile;

	stream->accepted += (uint32_t)result;
	profile->feed(profile->framing, &stream->frame, clean->base, (size_t)result, (uint64_t)result);
	return likely(!clean->mark.stream->frame.news);
}

static inline void stream_leave_counted(const struct clean_call *clean, ssize_t result)
{
	struct stream *stream = clean->mark.stream;

	stats_count(stream, (size_t)result);
	stream_let_go(stream);
	thread_pop(0);
}

static inline void stream_leave_alone(const struct clean_call *clean, enum offer_shape shape,
				      const volatile int *flags, ssize_t result)
{
	struct stream *stream = clean->mark.stream;

	if (!stream_went_whole(clean, shape, result)) {
		stream_leave_unclean(clean, shape, flags, result, 0);
	} else if (stream_counts_calls(stream)) {
		stream->accepted += (uint32_t)result;
		stream->frame.messages += result != 0;
		stream_leave_counted(clean, result);
	} else if (stream_feed(clean, result)) {
		stream_leave_counted(clean, result);
	} else {
		stream_leave_unclean(clean, shape, flags, result, STREAM_HOW_FED);
	}
}

static inline void stream_leave_threaded(const struct clean_call *clean, enum offer_shape shape,
					 const volatile int *flags, ssize_t result)
{
	if (!stream_went_whole(clean, shape, result)) {
		stream_leave_unclean(clean, shape, flags, result, 0);
	} else if (stream_feed(clean, result)) {
		stats_count(clean->mark.stream, (size_t)result);
		stream_let_go_taken(clean->mark.stream);
		thread_pop(0);
	} else {
		stream_leave_unclean(clean, shape, flags, result, STREAM_HOW_FED);
	}
}

#endif
