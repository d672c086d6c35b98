#include "stream.h"

#include <errno.h>

#include "config.h"
#include "fdtable.h"

static bool deadline_is_over(const struct stream *stream)
{
	return config.deadline_ns && stream->frame.inside && stream->state <= STREAM_TORN &&
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

static enum gate take_turn(struct stream *stream, struct call *call)
{
	if (thread_is_inside(stream))
		return refuse_nested(stream, call);

	enum stream_acquired acquired = stream_acquire(stream, call);

	if (acquired == STREAM_BUSY)
		return GATE_REFUSED;
	if (acquired == STREAM_STALE)
		return GATE_STALE;
	enum gate gate = pass(stream, call, acquired);
	if (gate != GATE_GO)
		stream_release(stream);
	return gate;
}

static enum gate try_stream(struct call *call)
{
	uint32_t depth = thread_self.depth;

	stream_push(call, depth, -1);
	enum gate gate = take_turn(call->stream, call);
	if (gate == GATE_GO)
		thread_self.calls[depth].fd = call->fd;
	else
		stream_pop();
	return gate;
}

static void arm(struct stream *stream)
{
	stream->epoch = process_epoch;
	if (config.deadline_ns && !stream->frame.inside)
		stream->begin_ms = stream_clock_ms();
}

#define NOT_GUARDED ((struct entered){.stream = NULL})

static struct entered enter(struct call call)
{
	int saved = errno;

	if (call.stream->state == STREAM_OFF)
		return NOT_GUARDED;
	if (thread_self.pid != process.pid && !thread_refresh())
		return NOT_GUARDED;
	thread_drop_jumped(call.mark);
	if (thread_self.depth == THREAD_CALLS_MAX)
		return NOT_GUARDED;
	while (call.stream) {
		enum gate gate = try_stream(&call);

		if (gate == GATE_REFUSED)
			return (struct entered){.refused = true};
		errno = saved;
		if (gate == GATE_RAW)
			return NOT_GUARDED;
		if (gate == GATE_GO) {
			arm(call.stream);
			return (struct entered){.stream = call.stream};
		}
		call.stream = fdtable_lookup(call.fd);
	}
	return NOT_GUARDED;
}

struct entered stream_enter_slowly(struct stream *stream, struct mark *mark, const void *base, size_t count,
				   int fd, uint64_t how)
{
	return enter((struct call){
	    .stream = stream,
	    .mark = mark,
	    .offer = {.shape = (enum offer_shape)(how >> 32), .base = base, .count = count},
	    .fd = fd,
	    .flags = (int)(uint32_t)how,
	});
}

/* The clean path where other threads may be about: the call is pushed, the stream not yet taken. */
struct entered stream_enter_threaded(struct stream *stream, struct mark *mark, const void *base, size_t count,
				     int fd, uint64_t how)
{
	uint32_t nobody = 0;

	if (atomic_compare_exchange_strong_explicit(&stream->owner, &nobody, thread_self.token,
						    memory_order_acquire, memory_order_relaxed)) {
		/* It may have been closed or cut between look-up and taking. */
		if (!stream->gate && fdtable_means(fd, stream))
			return (struct entered){.stream = stream};
		stream_let_go(stream);
	}
	stream_pop();
	return stream_enter_slowly(stream, mark, base, count, fd, how);
}
