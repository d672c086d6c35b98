#include "stream.h"

#include <errno.h>

#include "config.h"
#include "fdtable.h"

/* musl has no such variable. */
extern char __libc_single_threaded __attribute__((weak));

static inline bool single_threaded(void)
{
	return &__libc_single_threaded && __libc_single_threaded;
}

/* Single-threaded, only a signal handler can come between load and store, and it leaves the stream as it was.
 */
static inline bool take(struct stream *stream, uint32_t tid)
{
	uint32_t nobody = 0;

	if (!single_threaded())
		return atomic_compare_exchange_strong_explicit(&stream->owner, &nobody, tid,
							       memory_order_acquire, memory_order_relaxed);
	if (atomic_load_explicit(&stream->owner, memory_order_relaxed))
		return false;
	atomic_store_explicit(&stream->owner, tid, memory_order_relaxed);
	return true;
}

static inline void let_go(struct stream *stream)
{
	uint32_t mine = (uint32_t)thread_self.tid;

	if (single_threaded()) {
		if (atomic_load_explicit(&stream->owner, memory_order_relaxed) == mine) {
			atomic_store_explicit(&stream->owner, 0, memory_order_relaxed);
			return;
		}
	} else if (atomic_compare_exchange_strong_explicit(&stream->owner, &mine, 0, memory_order_release,
							   memory_order_relaxed)) {
		return;
	}
	stream_release(stream);
}

/* Before the stream is taken: a handler between the two must not find an owner without a call. */
static inline void push(struct call *call)
{
	struct thread *thread = &thread_self;

	call->cookie = call->cookie_again = ++thread->cookies;
	thread->calls[thread->depth] = (struct inflight){
	    .stream = call->stream,
	    .call = call,
	    .frame = call->frame,
	    .cookie = call->cookie,
	    .fd = call->fd,
	};
	atomic_signal_fence(memory_order_seq_cst);
	thread->depth++;
	atomic_signal_fence(memory_order_seq_cst);
}

/* After the stream is let go, for the same reason. */
static inline void pop(void)
{
	atomic_signal_fence(memory_order_seq_cst);
	thread_self.depth--;
}

static bool deadline_is_over(const struct stream *stream)
{
	return config.deadline_ns && (stream->state == STREAM_OPEN || stream->state == STREAM_TORN) &&
	       (uint64_t)(stream_clock_ms() - stream->begin_ms) * 1000000 >= config.deadline_ns;
}

static enum verdict judge(const struct stream *stream, const struct call *call)
{
	if (deadline_is_over(stream))
		return VERDICT_DEADLINE;
	if (stream->state == STREAM_TORN && !tail_matches(&stream->tail, &call->offer))
		return VERDICT_NOT_THE_REST;
	return VERDICT_NONE;
}

enum gate { GATE_GO, GATE_RAW, GATE_REFUSED, GATE_STALE };

static void note_owner_gone(struct stream *stream)
{
	if (stream->state >= STREAM_POISONED)
		return;
	stream->cut = CUT_CANCELLED;
	stream->cut_ms = stream_clock_ms();
	stream->count_unknown = true;
}

/* The stream is ours: may this call go through? */
static enum gate pass(struct stream *stream, struct call *call, enum stream_acquired acquired)
{
	enum verdict verdict;

	if (acquired == STREAM_INHERITED)
		stream_off(stream, call->fd,
			   "a thread of the parent was inside a write when the process forked");
	if (stream->state == STREAM_OFF)
		return GATE_RAW;
	if (acquired == STREAM_OWNER_GONE) {
		note_owner_gone(stream);
		verdict = VERDICT_NO_RETURN;
	} else {
		verdict = judge(stream, call);
	}
	if (verdict == VERDICT_NONE && stream->state != STREAM_POISONED)
		return GATE_GO;
	if (!fdtable_verify(call->fd, stream))
		return GATE_STALE;
	if (stream->state == STREAM_POISONED) {
		stream_refuse(stream, call);
		return GATE_REFUSED;
	}
	if (!stream_poison(stream, call->fd, verdict, &call->offer))
		return GATE_RAW;
	stream_deny(call);
	return GATE_REFUSED;
}

static enum gate refuse_nested(struct stream *stream, struct call *call)
{
	if (stream->state == STREAM_OFF)
		return GATE_RAW;
	if (stream_is_nonblocking(call)) {
		errno = EAGAIN;
		return GATE_REFUSED;
	}
	if (config.audit)
		return GATE_RAW;
	stream_report(stream, call->fd, EVENT_REFUSED,
		      &(struct report){
			  .verdict = VERDICT_NESTED,
			  .has_offered = true,
			  .offered = offer_measure(&call->offer),
			  .refused = 1,
		      });
	stream_deny(call);
	return GATE_REFUSED;
}

static enum gate try_stream(struct call *call)
{
	struct stream *stream = call->stream;

	push(call);
	enum stream_acquired acquired = stream_acquire(stream, call);
	enum gate gate;

	switch (acquired) {
	case STREAM_BUSY:
		gate = GATE_REFUSED;
		break;
	case STREAM_NESTED:
		gate = refuse_nested(stream, call);
		break;
	case STREAM_STALE:
		gate = GATE_STALE;
		break;
	default:
		gate = pass(stream, call, acquired);
		if (gate == GATE_GO)
			return gate;
		stream_release(stream);
	}
	pop();
	return gate;
}

static void arm(struct stream *stream)
{
	stream->epoch = process_epoch;
	if (config.deadline_ns && stream->state == STREAM_CLEAN)
		stream->begin_ms = stream_clock_ms();
}

static bool goes_raw(struct call *call)
{
	call->stream = NULL;
	return true;
}

static __attribute__((noinline)) bool enter_slowly(struct call *call)
{
	int saved = errno;

	if (call->stream->state == STREAM_OFF)
		return goes_raw(call);
	if (thread_self.pid != process.pid && !thread_refresh())
		return goes_raw(call);
	thread_drop_jumped(call->frame);
	if (thread_self.depth == THREAD_CALLS_MAX)
		return goes_raw(call);
	for (;;) {
		enum gate gate = try_stream(call);

		if (gate == GATE_REFUSED)
			return false;
		errno = saved;
		if (gate == GATE_GO) {
			arm(call->stream);
			return true;
		}
		if (gate == GATE_STALE)
			call->stream = fdtable_lookup(call->fd);
		if (gate == GATE_RAW || !call->stream)
			return goes_raw(call);
	}
}

bool stream_enter(struct call *call)
{
	struct stream *stream = call->stream;
	struct thread *thread = &thread_self;

	if (thread->depth || thread->pid != process.pid || stream->gate)
		return enter_slowly(call);
	push(call);
	if (!take(stream, (uint32_t)thread->tid)) {
		pop();
		return enter_slowly(call);
	}
	/* Closed or poisoned between look-up and taking. */
	if (!single_threaded() && (stream->gate || !fdtable_means(call->fd, stream))) {
		let_go(stream);
		pop();
		return enter_slowly(call);
	}
	stream->epoch = process_epoch;
	return true;
}

static inline bool settle_clean(struct stream *stream, const struct call *call, ssize_t result)
{
	if (stream->gate || call->offer.shape != OFFER_FLAT || result <= 0 ||
	    (size_t)result != call->offer.count)
		return false;
	framing_feed(&stream->profile->framing, &stream->frame, call->offer.base, (size_t)result,
		     (uint64_t)result);
	if (stream->frame.desync)
		return false;
	stream->state = stream->frame.inside ? STREAM_OPEN : STREAM_CLEAN;
	return true;
}

ssize_t stream_leave(struct call *call, ssize_t result)
{
	struct stream *stream = call->stream;

	if (!stream)
		return result;
	if (!settle_clean(stream, call, result))
		stream_settle(stream, call, result);
	let_go(stream);
	pop();
	return result;
}
