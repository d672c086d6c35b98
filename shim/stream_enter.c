#include "stream.h"

#include <errno.h>
#include <pthread.h>

#include "config.h"
#include "fdtable.h"
#include "framing/lane.h"
#include "notice.h"
#include "sandbox.h"
#include "stats.h"

static bool deadline_is_over(const struct stream *stream)
{
	return config.deadline_ns && stream->frame.inside && stream->state <= STREAM_TORN &&
	       !framing_is_open_ended(stream->profile->framing, &stream->frame) &&
	       (uint64_t)(stream_clock_ms() - stream->begin_ms) * 1000000 >= config.deadline_ns;
}

/* No write was cut, and yet this one begins another message inside of one. */
static bool is_proof(const struct stream *stream, const struct call *call)
{
	uint8_t first[FRAMING_PROOF_MAX];
	size_t n = offer_copy(&call->offer, 0, first, sizeof(first));

	return framing_abandons(stream->profile->framing, &stream->frame, first, n);
}

/* Where the program says what it does, that is judged, and its bytes when it writes them. */
static enum verdict judge_word(const struct stream *stream, enum call_kind kind)
{
	const struct framing *framing = stream->profile->framing;
	const struct framing_state *frame = &stream->frame;

	if (!frame->inside || !framing_obeys(framing, frame))
		return VERDICT_NONE;
	if (kind == CALL_BEGINS)
		return VERDICT_NOT_ENDED;
	if (!framing_is_begun(framing, frame))
		return VERDICT_NONE;
	if (kind == CALL_ENDS && stream->state == STREAM_TORN)
		return VERDICT_NOT_SENT;
	return kind == CALL_ABANDONS ? VERDICT_GIVEN_UP : VERDICT_NONE;
}

static enum verdict judge(const struct stream *stream, const struct call *call)
{
	if (call->kind != CALL_WRITES)
		return judge_word(stream, call->kind);
	if (deadline_is_over(stream))
		return VERDICT_DEADLINE;
	if (stream->state == STREAM_TORN && !tail_matches(&stream->tail, &call->offer))
		return VERDICT_NOT_THE_REST;
	if (stream->state == STREAM_UNCUT && stream->frame.watch && is_proof(stream, call))
		return VERDICT_ABANDONED;
	return VERDICT_NONE;
}

enum gate { GATE_GO, GATE_RAW, GATE_REFUSED, GATE_STALE };

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
		stream_lose_count(stream, CUT_CANCELLED);
		verdict = VERDICT_NO_RETURN;
	} else {
		verdict = judge(stream, call);
	}
	if (verdict == VERDICT_NONE && stream->state != STREAM_POISONED && call->kind != CALL_ASKS)
		return GATE_GO;
	if (!fdtable_verify(call->fd, stream)) {
		/* Its other fds still mean it, and nobody else will learn that its owner is gone. */
		if (acquired == STREAM_OWNER_GONE && stream->state != STREAM_POISONED)
			stream_poison(stream, -1, verdict, NULL);
		return GATE_STALE;
	}
	if (verdict == VERDICT_NONE && stream->state != STREAM_POISONED)
		return GATE_GO;
	if (stream->state == STREAM_POISONED) {
		stream_refuse(stream, call);
		return GATE_REFUSED;
	}
	if (!stream_poison(stream, call->fd, verdict, call->kind == CALL_WRITES ? &call->offer : NULL))
		return GATE_RAW;
	stream_deny(call);
	return GATE_REFUSED;
}

static enum gate refuse_nested(struct stream *stream, struct call *call)
{
	bool nonblocking = stream_is_nonblocking(call);

	/* What looks like a handler above a live call may also be a jump that left the stack untouched. */
	if (!fdtable_verify(call->fd, stream))
		return GATE_STALE;
	if (stream->state == STREAM_OFF || (nonblocking && config.audit && call->kind != CALL_ASKS))
		return GATE_RAW;
	if (nonblocking || call->kind == CALL_ASKS) {
		errno = EAGAIN;
		return GATE_REFUSED;
	}
	stream_report(stream, call->fd, EVENT_REFUSED,
		      &(struct report){
			  .verdict = VERDICT_NESTED,
			  .audit = config.audit,
			  .has_offered = call->kind == CALL_WRITES,
			  .offered = offer_measure(&call->offer),
			  .refused = 1,
		      });
	if (config.audit)
		return GATE_RAW;
	stream_deny(call);
	return GATE_REFUSED;
}

static enum gate take_turn(struct stream *stream, struct call *call, uint32_t entry)
{
	if (thread_is_inside(stream, entry))
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

static void arm(struct call *call, uint32_t entry)
{
	struct stream *stream = call->stream;

	call->entry = entry;
	thread_self.fds[entry] = call->fd;
	stream->epoch = (uint8_t)process_epoch;
	stats_stream_is_used();
	if (config.deadline_ns && !stream->frame.inside)
		stream->begin_ms = stream_clock_ms();
}

static enum gate try_stream(struct call *call)
{
	uint32_t entry = thread_depth();

	if (entry == THREAD_CALLS_MAX) {
		stream_off(call->stream, call->fd, "too many writes are nested in signal handlers");
		return GATE_RAW;
	}
	thread_push(entry, call->stream, &call->mark, THREAD_FD_WAITING);
	enum gate gate = take_turn(call->stream, call, entry);
	if (gate == GATE_GO) {
		arm(call, entry);
	} else {
		thread_pop(entry);
		notice_deliver();
	}
	return gate;
}

/* Tries until the fd and the stream in hand belong together. */
static enum gate try_streams(struct call *call)
{
	enum gate gate = GATE_STALE;

	while (call->stream && gate == GATE_STALE && !sandbox_holds()) {
		gate = try_stream(call);
		if (gate == GATE_STALE)
			call->stream = fdtable_lookup(call->fd);
	}
	return gate;
}

/* The last byte of a write with MSG_OOB is not in the stream, send(2): it can neither be a part of the
 * message nor stand in its way. */
static bool leave_out_urgent(struct call *call)
{
	static const struct offer nothing = {.shape = OFFER_FLAT};

	if (offer_measure(&call->offer) == 1)
		call->offer = nothing;
	else if (call->offer.shape == OFFER_FLAT && call->offer.count && call->stream->state != STREAM_TORN)
		call->offer.count--;
	else
		return false;
	return true;
}

/* In a child that has its parent's memory until it executes something: it changes nothing there, but what its
 * parent may not write, it may not either. */
static enum gate try_borrowed(const struct call *call)
{
	const struct stream *stream = call->stream;

	if (config.audit || (stream->state != STREAM_POISONED && judge(stream, call) == VERDICT_NONE) ||
	    !fdtable_means(call->fd, stream) || !fdtable_identifies(call->fd, stream))
		return GATE_RAW;
	stream_deny(call);
	return GATE_REFUSED;
}

static enum gate try_process(struct call *call)
{
	if (thread_self.pid != process.idle.pid && !thread_refresh())
		return try_borrowed(call);
	thread_drop_jumped(call->frame);
	return try_streams(call);
}

bool stream_enter(struct call *call)
{
	int saved = errno;
	enum gate gate = GATE_RAW;

	if (call->flags & MSG_OOB && !leave_out_urgent(call))
		stream_off(call->stream, call->fd, "urgent data went out with other bytes");

	/* A refused write stays a cancellation point; and nothing is armed yet. */
	pthread_testcancel();
	if (call->stream->state != STREAM_OFF && !sandbox_holds())
		gate = try_process(call);
	if (gate == GATE_REFUSED)
		return false;
	if (gate != GATE_GO)
		call->stream = NULL;
	errno = saved;
	return true;
}

static void settle(const struct call *call, ssize_t result)
{
	stream_settle(call, result, false);
}

/* The last byte went out of band. After a short count nobody knows which byte the peer takes for it. */
static void settle_urgent(const struct call *call, ssize_t result)
{
	if (result > 0 && (size_t)result != call->offer.count + 1) {
		stream_off(call->stream, call->fd, "a write of urgent data was cut");
		return;
	}
	call->stream->accepted += result > 0; /* the kernel counts it */
	settle(call, result > 0 ? result - 1 : result);
}

/* A connection that began with this very write (MSG_FASTOPEN) could not be asked for its addresses before. If
 * it still cannot, bytes went out that nobody counts. */
static void adopt(struct call *call, ssize_t result)
{
	if (result <= 0 || !fdtable_is_started() || !fdtable_is_pending(call->fd))
		return;
	bool seen_born = fdtable_slot(call->fd) != SLOT_UNKNOWN;
	call->stream = fdtable_lookup(call->fd);
	if (!call->stream) {
		fdtable_forget(call->fd);
		return;
	}
	call->stream->uncounted |= !seen_born;
	settle(call, result);
}

ssize_t stream_leave(struct call *call, ssize_t result)
{
	if (!call->stream) {
		adopt(call, result);
		return result;
	}
	if (call->flags & MSG_OOB)
		settle_urgent(call, result);
	else
		settle(call, result);
	stream_let_go(call->stream);
	thread_pop(call->entry);
	notice_deliver();
	return result;
}

static ssize_t leave_settling(const struct call *call, ssize_t result, bool fed)
{
	stream_settle(call, result, fed);
	stream_leave_owned(call->stream, result);
	notice_deliver();
	return result;
}

static struct call clean_call(struct stream *stream, const void *base, size_t count, uint64_t how)
{
	return (struct call){
	    .stream = stream,
	    .offer = {(enum offer_shape)(how >> 32), base, count},
	    .fd = thread_self.fds[0],
	    .flags = (int)(uint32_t)how,
	};
}

ssize_t stream_leave_unclean(struct stream *stream, const void *base, size_t count, uint64_t how,
			     ssize_t result)
{
	const struct call call = clean_call(stream, base, count, how);

	return leave_settling(&call, result, false);
}

ssize_t stream_leave_fed(struct stream *stream, const void *base, size_t count, uint64_t how, ssize_t result)
{
	const struct call call = clean_call(stream, base, count, how);

	stream->accepted += (uint32_t)result;
	return leave_settling(&call, result, true);
}

ssize_t stream_leave_owned(struct stream *stream, ssize_t result)
{
	stream_let_go(stream);
	thread_pop(0);
	return result;
}

void stream_feed_whole(struct stream *stream, const void *base, size_t count)
{
	const struct profile *profile = stream->profile;

	profile->feed(profile->framing, &stream->frame, base, count, count);
}

/* `offered`: bytes from here to the end of the call. */
static void feed_piece(struct stream *stream, const struct iovec *piece, uint64_t offered)
{
	const struct profile *profile = stream->profile;

	if (piece->iov_len && !framing_lane_feed((enum framing_lane)stream->lane, profile->framing,
						 &stream->frame, piece->iov_base, piece->iov_len))
		profile->feed(profile->framing, &stream->frame, piece->iov_base, piece->iov_len, offered);
}

/* In framing `call` all the pieces are one. */
static void feed_pieces(struct stream *stream, const struct iovec *iov, size_t count, uint64_t offered)
{
	if (stream->lane == FRAMING_LANE_CALLS) {
		framing_lane_call(&stream->frame);
		return;
	}
	for (size_t i = 0; i < count && !stream->frame.desync; i++) {
		feed_piece(stream, &iov[i], offered);
		offered -= iov[i].iov_len;
	}
}

ssize_t stream_leave_pieces(struct stream *stream, const void *base, size_t count, uint64_t how,
			    ssize_t result)
{
	const struct offer offer = {(enum offer_shape)(how >> 32), base, count};
	const struct iovec *iov;
	size_t pieces;

	if (result <= 0 || !(iov = offer_pieces(&offer, &pieces)) ||
	    offer_total(iov, pieces) != (uint64_t)result)
		return stream_leave_unclean(stream, base, count, how, result);
	feed_pieces(stream, iov, pieces, (uint64_t)result);
	if (stream->frame.news)
		return stream_leave_fed(stream, base, count, how, result);
	stream->accepted += (uint32_t)result;
	stats_count(stream, (size_t)result);
	return stream_leave_owned(stream, result);
}
