#include "report_parts.h"

#include <string.h>

static void add_names(struct line *line, const struct contact *contact)
{
	bool is_unix = strcmp(contact->type, "unix") == 0;

	if (contact->peer.length) {
		line_text(line, " ");
		line_printable(line, contact->peer.text, contact->peer.length);
	} else if (contact->local.length) {
		line_text(line, is_unix ? " bound to " : ", no peer any more, local ");
		line_printable(line, contact->local.text, contact->local.length);
	} else if (is_unix) {
		line_text(line, " socketpair/unnamed");
	}
}

static void add_contact(struct line *line, int fd)
{
	struct contact contact;

	if (fd < 0) {
		line_text(line, "an fd that is closed by now");
		return;
	}
	contact_ask(&contact, fd);
	line_text(line, "fd ");
	line_number(line, (uint64_t)fd);
	line_text(line, " ");
	line_text(line, contact.type);
	add_names(line, &contact);
}

static void add_place(struct line *line, const struct report *report)
{
	line_text(line, report_event_word(report->event));
	line_text(line, ": ");
	add_contact(line, report->fd);
	if (report->framing) {
		line_text(line, ", framing ");
		line_printable(line, report->framing, strlen(report->framing));
	}
	if (report->message && report->event != EVENT_ENDED) {
		line_text(line, ", message ");
		line_number(line, report->message);
	}
	line_text(line, ": ");
}

static void add_progress(struct line *line, const struct report *report)
{
	line_text(line, report->sent_unknown ? "at least " : "");
	line_number(line, report->sent);
	if (report->length) {
		line_text(line, " of ");
		line_number(line, report->length);
	}
	line_text(line, report->length ? " bytes sent" : " bytes sent, length not known");
}

static void add_ago(struct line *line, uint64_t ns)
{
	uint64_t ms = ns / 1000000;

	line_text(line, " ");
	line_number(line, ms < 10000 ? ms : ms / 1000);
	line_text(line, ms < 10000 ? " ms ago" : " s ago");
}

static void add_cut(struct line *line, const struct report *report)
{
	static const char *const cuts[] = {
	    [CUT_NONE] = "",
	    [CUT_SIGNAL] = ", cut by signal",
	    [CUT_TIMEOUT] = ", cut by timeout",
	    [CUT_TIMEOUT_OR_SIGNAL] = ", cut by timeout or signal",
	    [CUT_WOULD_BLOCK] = ", cut by would-block (full send buffer)",
	    [CUT_CANCELLED] = ", cut when its thread was cancelled or ended inside the call",
	    [CUT_JUMPED_OVER] = ", cut when its call was jumped over (siglongjmp or exception)",
	    [CUT_ERROR] = ", cut by error ",
	    [CUT_PAUSE] = ", no call was cut: the program stopped between two writes",
	};

	line_text(line, cuts[report->cut]);
	if (report->cut == CUT_ERROR)
		line_errno(line, report->cut_errno);
	if (report->cut != CUT_NONE && report->cut != CUT_PAUSE)
		add_ago(line, report->ago_ns);
}

/* "a write of 41 bytes", or the beginning of a message; `which` says more about it. */
static void add_write(struct line *line, const struct report *report, const char *which)
{
	if (report->has_offered) {
		line_text(line, "a write of ");
		line_number(line, report->offered);
		line_text(line, report->offered == 1 ? " byte" : " bytes");
	} else {
		line_text(line, "another message");
	}
	line_text(line, which);
}

static void add_bytes(struct line *line, const struct report *report)
{
	uint32_t n = report->bytes_length < REPORT_BYTES_MAX ? report->bytes_length : REPORT_BYTES_MAX;

	line_text(line, "the bytes ");
	if (report->bytes && n) {
		line_hex_bytes(line, report->bytes, n, " ");
		line_text(line, report->bytes_length > n ? " ... " : " ");
	}
	line_text(line, "cannot be this framing");
}

/* Why a stream was poisoned, where the refused write alone does not say it. */
static void add_verdict(struct line *line, const struct report *report)
{
	static const char *const verdicts[] = {
	    [VERDICT_NONE] = "",
	    [VERDICT_NOT_THE_REST] = "",
	    [VERDICT_NO_RETURN] = "the call never returned, so nobody knows how much it sent; ",
	    [VERDICT_STRICT] = "policy strict does not let the program go on after that; ",
	    [VERDICT_DEADLINE] = "the message is over its deadline; ",
	    [VERDICT_DESYNC] = "",
	    [VERDICT_ABANDONED] = "",
	    [VERDICT_NESTED] = "a signal handler wrote in the middle of the call it interrupted; ",
	    [VERDICT_NOT_ENDED] = "the program began another message inside this one; ",
	    [VERDICT_NOT_SENT] = "the program ended the message before all of it was sent; ",
	    [VERDICT_GIVEN_UP] = "the program gave the message up; ",
	};

	if (report->verdict == VERDICT_DESYNC) {
		add_bytes(line, report);
		line_text(line, " (desync=poison); ");
	}
	line_text(line, verdicts[report->verdict]);
}

/* In few words, what it means for the connection. */
static void add_meaning(struct line *line, const struct report *report)
{
	if (!report->audit)
		line_text(line, "; only a new connection can help");
	else if (report->verdict == VERDICT_NOT_THE_REST || report->verdict == VERDICT_ABANDONED)
		line_text(line, " (mode audit: it goes through, and the peer takes it for the rest)");
	else
		line_text(line, " (mode audit: it goes through)");
}

static void add_poisoned(struct line *line, const struct report *report)
{
	add_progress(line, report);
	add_cut(line, report);
	line_text(line, "; ");
	add_verdict(line, report);
	if (!report->has_offered)
		line_text(line, "the next write");
	else if (report->verdict == VERDICT_NOT_THE_REST)
		add_write(line, report, " that is not the rest");
	else if (report->verdict == VERDICT_ABANDONED)
		add_write(line, report, " that begins another message");
	else
		add_write(line, report, "");
	if (report->audit)
		line_text(line, " would be refused with EPIPE");
	else
		line_text(line,
			  report->has_offered ? " was refused with EPIPE" : " will be refused with EPIPE");
	add_meaning(line, report);
}

static void add_nested(struct line *line, const struct report *report)
{
	add_write(line, report, " by a signal handler, in the middle of the call it interrupted,");
	line_text(line, report->audit ? " would be refused with EPIPE (mode audit: it goes through)"
				      : " was refused with EPIPE; the interrupted call goes on");
}

static void add_refused(struct line *line, const struct report *report)
{
	if (report->verdict == VERDICT_NESTED) {
		add_nested(line, report);
		return;
	}
	add_progress(line, report);
	add_cut(line, report);
	line_text(line, "; ");
	add_write(line, report, " on the poisoned connection");
	line_text(line, report->audit ? " would be refused with EPIPE, " : " was refused with EPIPE, ");
	line_number(line, report->refused);
	line_text(line, report->audit ? " so far (mode audit: it goes through)"
				      : " so far; only a new connection can help");
}

static void add_desync(struct line *line, const struct report *report)
{
	line_text(line, "after ");
	line_number(line, report->sent);
	line_text(line, report->sent == 1 ? " byte, " : " bytes, ");
	add_bytes(line, report);
	if (report->verdict != VERDICT_DESYNC)
		line_text(line, "; this connection is not guarded any more (wrong framing configured?)");
}

static void add_resumed(struct line *line, const struct report *report)
{
	if (report->sent) {
		add_progress(line, report);
		add_cut(line, report);
		line_text(line, "; ");
	}
	line_text(line, "the program went on with exactly the rest");
}

static void add_progress_and(struct line *line, const struct report *report, const char *what)
{
	add_progress(line, report);
	add_cut(line, report);
	line_text(line, what);
}

static void add_off(struct line *line, const struct report *report)
{
	const char *reason = report->reason ? report->reason : "no reason given";

	line_printable(line, reason, strlen(reason));
	line_text(line, "; this connection is not guarded any more");
}

static void add_ended(struct line *line, const struct report *report)
{
	line_text(line, "closed after ");
	line_number(line, report->message);
	line_text(line, report->message == 1 ? " whole message" : " whole messages");
}

void report_text(struct line *line, const struct report *report)
{
	add_place(line, report);
	switch (report->event) {
	case EVENT_TORN:
		add_progress_and(line, report, "; the program may still send the rest");
		break;
	case EVENT_RESUMED:
		add_resumed(line, report);
		break;
	case EVENT_POISONED:
		add_poisoned(line, report);
		break;
	case EVENT_REFUSED:
		add_refused(line, report);
		break;
	case EVENT_CLOSED:
		add_progress_and(line, report, "; the peer never gets the rest of this message");
		break;
	case EVENT_DESYNC:
		add_desync(line, report);
		break;
	case EVENT_OFF:
		add_off(line, report);
		break;
	case EVENT_ENDED:
		add_ended(line, report);
		break;
	}
}
