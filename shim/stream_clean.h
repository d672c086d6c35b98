#ifndef POISONSHIM_STREAM_CLEAN_H
#define POISONSHIM_STREAM_CLEAN_H

/* The clean path, part of stream.h: a thread with no other call in flight writes to a stream that is clean or
 * open, in one piece, and the kernel takes it all. It is inlined into the hooks: every instruction counts
 * here, and only here. */

#ifdef __GLIBC__
#include <sys/single_threaded.h>
#define STREAM_SINGLE_THREADED (__libc_single_threaded)
#else
#define STREAM_SINGLE_THREADED 0
#endif

#define likely(condition) __builtin_expect(!!(condition), 1)

/* Single-threaded, the thread's list of calls in flight says all, and the owner stays 0. */
static inline void stream_let_go(struct stream *stream)
{
	if (!likely(!atomic_load_explicit(&stream->owner, memory_order_relaxed)))
		stream_let_go_slowly(stream);
}

/* Before the stream is taken: a handler between the two must not find an owner without a call. */
static inline void stream_push(const struct call *call, uint32_t depth, int armed_fd)
{
	call->mark->stream = call->stream;
	thread_self.calls[depth] = (struct inflight){
	    .stream = call->stream,
	    .mark = call->mark,
	    .fd = armed_fd,
	};
	atomic_signal_fence(memory_order_seq_cst);
	thread_self.depth = depth + 1;
	atomic_signal_fence(memory_order_seq_cst);
}

/* After the stream is let go, for the same reason. */
static inline void stream_pop(void)
{
	atomic_signal_fence(memory_order_seq_cst);
	thread_self.depth--;
}

static inline bool stream_entered(struct call *call, struct entered entered)
{
	call->stream = entered.stream;
	return !entered.refused;
}

#define STREAM_PIECES(call) \
	(call)->offer.base, (call)->offer.count, (call)->fd, STREAM_HOW((call)->offer.shape, (call)->flags)

static inline bool stream_enter(struct call *call)
{
	if (!likely(!thread_self.depth && !call->stream->gate &&
		    thread_self.pid == atomic_load_explicit(&process.pid, memory_order_relaxed)))
		return stream_entered(call,
				      stream_enter_slowly(call->stream, call->mark, STREAM_PIECES(call)));
	stream_push(call, 0, call->fd);
	if (!likely(STREAM_SINGLE_THREADED &&
		    !atomic_load_explicit(&call->stream->owner, memory_order_relaxed)))
		return stream_entered(call,
				      stream_enter_threaded(call->stream, call->mark, STREAM_PIECES(call)));
	return true;
}

/* True if the call left nothing to think about. */
static inline bool stream_settle_clean(const struct call *call, ssize_t result)
{
	struct stream *stream = call->stream;
	const struct profile *profile = stream->profile;

	if (!likely(!stream->gate && call->offer.shape == OFFER_FLAT && result > 0 &&
		    (size_t)result == call->offer.count))
		return false;
	profile->feed(&profile->framing, &stream->frame, call->offer.base, (size_t)result, (uint64_t)result);
	return likely(!stream->frame.desync);
}

static inline ssize_t stream_leave(const struct call *call, ssize_t result)
{
	if (!likely(call->stream))
		return result;
	if (!likely(stream_settle_clean(call, result)))
		stream_settle(call->stream, STREAM_PIECES(call), result);
	stream_let_go(call->stream);
	stream_pop();
	return result;
}

#endif
