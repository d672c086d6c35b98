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

/* Single-threaded, the thread's list of calls in flight says all, and the owner stays 0. False: nothing has
 * happened, take the long way. */
static inline bool stream_enter_alone(struct stream *stream, struct mark *mark, int fd, int flags)
{
	if (!stream_is_clean_call(flags))
		return false;
	thread_push(0, stream, mark, fd);
	if (likely(!stream_is_owned(stream) && !stream->gate))
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
 * could be cut; and the stream may have been closed between look-up and taking. */
static inline bool stream_enter_threaded(struct stream *stream, struct mark *mark, int fd, int flags)
{
	if (!stream_is_clean_call(flags))
		return false;
	pthread_testcancel();
	thread_push(0, stream, mark, fd);
	if (stream_take(stream, fd))
		return true;
	thread_pop(0);
	return false;
}

/* The long way out. `flags` stay in memory, for a register is saved and restored by every call, and only this
 * way asks. NULL: none. */
static inline void stream_leave_unclean(struct stream *stream, const struct offer *offer,
					const volatile int *flags, ssize_t result, uint64_t fed)
{
	stream_leave_settling(stream, offer->base, offer->count,
			      STREAM_HOW(offer->shape, flags ? *flags : 0) | fed, result);
}

/* Feeds the framing with a whole flat buffer. False: there was more to it than that, and it was left. The sum
 * is 0 for -1, even if the count was SIZE_MAX, and beyond the count only if all of it went. */
static inline bool stream_account(struct stream *stream, const struct offer *offer, const volatile int *flags,
				  ssize_t result)
{
	const struct profile *profile = stream->profile;

	if (!likely(offer->shape == OFFER_FLAT && (size_t)result + 1 > offer->count)) {
		stream_leave_unclean(stream, offer, flags, result, 0);
		return false;
	}
	stream->accepted += (uint32_t)result;
	profile->feed(profile->framing, &stream->frame, offer->base, (size_t)result, (uint64_t)result);
	if (!likely(!stream->frame.news)) {
		stream_leave_unclean(stream, offer, flags, result, STREAM_HOW_FED);
		return false;
	}
	stats_count(stream, (size_t)result);
	return true;
}

static inline void stream_leave_alone(struct stream *stream, const struct offer *offer,
				      const volatile int *flags, ssize_t result)
{
	if (!likely(stream_account(stream, offer, flags, result)))
		return;
	stream_let_go(stream);
	thread_pop(0);
}

static inline void stream_leave_threaded(struct stream *stream, const struct offer *offer,
					 const volatile int *flags, ssize_t result)
{
	if (!likely(stream_account(stream, offer, flags, result)))
		return;
	stream_let_go_taken(stream);
	thread_pop(0);
}

#endif
