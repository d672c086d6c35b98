#include "stream.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/time.h>

#include "probe.h"
#include "real.h"
#include "sandbox.h"
#include "stats.h"

/* Of an fd that is closed by now, whose last call waited, else the close would not have come in between. */
static bool is_nonblocking(const struct stream *stream, int fd)
{
	return stream->cut_dontwait || (fd >= 0 && (real.fcntl(fd, F_GETFL) & O_NONBLOCK));
}

static bool has_send_timeout(int fd)
{
	struct timeval timeout = {0};
	socklen_t length = sizeof(timeout);

	return getsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &timeout, &length) == 0 &&
	       (timeout.tv_sec || timeout.tv_usec);
}

/* note_cut() left the bare errno, 0 for a short count; the rest is asked only when somebody wants to know. */
static enum cut refine(const struct stream *stream, int fd)
{
	switch (stream->cut_errno) {
	case EINTR:
		return CUT_SIGNAL;
	case EAGAIN:
		return is_nonblocking(stream, fd) ? CUT_WOULD_BLOCK : CUT_TIMEOUT;
	case 0:
		if (is_nonblocking(stream, fd))
			return CUT_WOULD_BLOCK;
		return has_send_timeout(fd) ? CUT_TIMEOUT_OR_SIGNAL : CUT_SIGNAL;
	default:
		return CUT_ERROR;
	}
}

enum cut stream_cut(const struct stream *stream, int fd)
{
	int saved = errno;
	enum cut cut = stream->cut == CUT_ERROR ? refine(stream, fd) : stream->cut;

	errno = saved;
	return cut;
}

bool stream_was_interrupted(const struct stream *stream, const struct call *call)
{
	enum cut cut = stream_cut(stream, call->fd);

	return cut == CUT_SIGNAL || cut == CUT_TIMEOUT || cut == CUT_TIMEOUT_OR_SIGNAL;
}

static bool is_inside(const struct stream *stream)
{
	return stream->frame.inside || stream->count_unknown;
}

static void describe_message(const struct stream *stream, struct report *report)
{
	report->framing = framing_recognised(stream->profile->framing, &stream->frame);
	report->message = stream->frame.messages + is_inside(stream);
	report->sent = stream->frame.sent;
	report->length = framing_message_length(&stream->frame);
	report->sent_unknown = stream->count_unknown;
}

static void describe_cut(const struct stream *stream, struct report *report)
{
	report->cut = stream_cut(stream, report->fd);
	report->cut_errno = stream->cut_errno;
	if (report->cut != CUT_NONE && report->cut != CUT_PAUSE)
		report->ago_ns = (uint64_t)(stream_tick_ms() - stream->cut_tick) * 1000000;
	if (report->verdict == VERDICT_NONE)
		report->verdict = stream->verdict;
}

/* A program that hammers a poisoned stream gets a line for its 1st, 2nd, 4th, 8th, ... refusal. */
static bool is_worth_a_line(const struct report *report)
{
	return report_wants(report->event) &&
	       (report->event != EVENT_REFUSED || !(report->refused & (report->refused - 1)));
}

void stream_report(struct stream *stream, int fd, enum event event, const struct report *details)
{
	struct report report = details ? *details : (struct report){0};

	report.event = event;
	report.fd = fd;
	if (sandbox_holds() || !(is_worth_a_line(&report) || probe_is_traced(event) || stats_are_kept()))
		return;
	describe_message(stream, &report);
	stats_event(stream, &report);
	if (!is_worth_a_line(&report) && !probe_is_traced(event))
		return;
	describe_cut(stream, &report);
	probe_fire(&report);
	if (is_worth_a_line(&report))
		report_event(&report);
}
