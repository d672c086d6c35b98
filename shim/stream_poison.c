#include "stream.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>

#include "config.h"
#include "notice.h"
#include "real.h"

static void act(enum action action, int fd)
{
	const struct linger reset = {.l_onoff = 1, .l_linger = 0};

	if (fd < 0)
		return;
	switch (action) {
	case ACTION_EPIPE:
		break;
	case ACTION_SHUTDOWN:
		real.shutdown(fd, SHUT_WR);
		break;
	case ACTION_RESET:
		real.setsockopt(fd, SOL_SOCKET, SO_LINGER, &reset, sizeof(reset));
		break;
	case ACTION_ABORT:
		abort();
	}
}

static void condemn(struct stream *stream, int fd, enum verdict verdict, const struct offer *offered)
{
	struct report details = {.verdict = verdict, .audit = config.audit, .has_offered = offered != NULL};

	if (offered)
		details.offered = offer_measure(offered);
	if (stream->cut == CUT_NONE)
		stream->cut = CUT_PAUSE;
	stream->verdict = (uint8_t)verdict;
	if (fd >= 0)
		stream->cut = (uint8_t)stream_cut(stream, fd); /* its flags may change before the next line */
	stream_report(stream, fd, EVENT_POISONED, &details);
	stream_set_state(stream, config.audit ? STREAM_OFF : STREAM_POISONED);
	tail_clear(&stream->tail);
	if (config.audit)
		return;
	notice_take(stream, fd, verdict);
	act(stream->profile->action, fd);
}

/* A call that did not return left bytes that nobody counted: there the kernel's count says nothing. */
bool stream_poison(struct stream *stream, int fd, enum verdict verdict, const struct offer *offered)
{
	int saved = errno;
	bool bypassed = verdict != VERDICT_NO_RETURN && stream_was_bypassed(stream, fd);

	if (!bypassed)
		condemn(stream, fd, verdict, offered);
	errno = saved;
	return !bypassed && !config.audit;
}

void stream_deny(const struct call *call)
{
	if (config.sigpipe && !(call->flags & MSG_NOSIGNAL))
		raise(SIGPIPE);
	errno = EPIPE;
}

static void report_refused(struct stream *stream, const struct call *call)
{
	if (stream->refusals < UINT8_MAX)
		stream->refusals++;
	stream_report(stream, call->fd, EVENT_REFUSED,
		      &(struct report){
			  .has_offered = call->kind == CALL_WRITES,
			  .offered = offer_measure(&call->offer),
			  .refused = stream->refusals,
		      });
}

/* To end a message or to ask offers nothing that could be refused. */
void stream_refuse(struct stream *stream, const struct call *call)
{
	if (call->kind <= CALL_BEGINS)
		report_refused(stream, call);
	stream_deny(call);
}
