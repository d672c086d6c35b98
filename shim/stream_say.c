#include "stream.h"

#include <errno.h>
#include <pthread.h>

#include "fdtable.h"
#include "sandbox.h"

struct call stream_message_call(int fd, enum call_kind kind, uintptr_t frame)
{
	return (struct call){
	    .stream = fdtable_is_started() ? fdtable_lookup(fd) : NULL,
	    .frame = frame,
	    .fd = fd,
	    .flags = MSG_NOSIGNAL | (kind == CALL_ASKS ? MSG_DONTWAIT : 0),
	    .kind = kind,
	};
}

/* A destructor may say it, and no cancellation may be thrown through one. */
static bool enter(struct call *call)
{
	int state;

	pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &state);
	bool entered = stream_enter(call);
	pthread_setcancelstate(state, NULL);
	return entered;
}

static void leave(const struct call *call)
{
	stream_let_go(call->stream);
	thread_pop(call->entry);
}

/* What nobody had to judge: stream_enter(). */
static void mark(struct stream *stream, enum call_kind kind)
{
	const struct framing *framing = stream->profile->framing;
	struct framing_state *frame = &stream->frame;

	if (kind == CALL_BEGINS) {
		if (framing_obeys(framing, frame))
			framing_begin(framing, frame);
	} else if (framing_is_begun(framing, frame)) {
		framing_end(framing, frame);
		stream->cut = CUT_NONE;
	}
	if (stream->cut == CUT_NONE)
		stream_choose_lane(stream);
}

int stream_say(struct call *call)
{
	if (!enter(call))
		return -1;
	if (call->stream) {
		mark(call->stream, call->kind);
		leave(call);
	}
	return 0;
}

static void look(const struct stream *stream, struct stream_answer *answer)
{
	answer->state = sandbox_holds() ? STREAM_OFF : (enum stream_state)stream->state;
	answer->inside = stream->frame.inside;
}

/* It could not be taken: another thread is inside, or we are a signal handler above a call of our own. */
static bool answer_for_others(int error, struct stream_answer *answer)
{
	*answer = (struct stream_answer){error == EPIPE ? STREAM_POISONED : STREAM_UNCUT, true};
	return error != EBADF;
}

bool stream_ask(struct call *call, struct stream_answer *answer)
{
	int saved = errno;
	bool entered = enter(call);
	int error = errno;

	errno = saved;
	if (!entered)
		return answer_for_others(error, answer);
	if (call->stream) {
		look(call->stream, answer);
		leave(call);
		return true;
	}
	/* Off, or there is nobody who may take it. */
	uintptr_t slot = fdtable_slot(call->fd);
	if (slot >= SLOT_TAGS)
		look((const struct stream *)slot, answer);
	return slot >= SLOT_TAGS;
}
