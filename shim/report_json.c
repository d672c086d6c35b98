#include "report_parts.h"

#include <string.h>
#include <unistd.h>

#define JSON_CLOSING 1 /* bytes kept free for the brace at the end */

/* An object under construction. A field that does not fit is left out as a whole. */
struct object {
	struct line *line;
	size_t begin; /* of the field that is being written */
};

static void open_object(struct object *object, struct line *line)
{
	*object = (struct object){.line = line};
	line->size -= JSON_CLOSING;
	line_text(line, "{");
}

static struct line *open_field(struct object *object, const char *key)
{
	struct line *line = object->line;

	object->begin = line->length;
	line_text(line, line->text[line->length - 1] == '{' ? "\"" : ",\"");
	line_text(line, key);
	line_text(line, "\":");
	return line;
}

static void close_field(struct object *object)
{
	if (object->line->full)
		object->line->length = object->begin;
	object->line->full = false;
}

static void close_object(struct object *object)
{
	object->line->size += JSON_CLOSING;
	line_text(object->line, "}");
}

static void add_null(struct object *object, const char *key)
{
	line_text(open_field(object, key), "null");
	close_field(object);
}

/* null if it is not known. */
static void add_number(struct object *object, const char *key, bool known, uint64_t number)
{
	if (!known) {
		add_null(object, key);
		return;
	}
	line_number(open_field(object, key), number);
	close_field(object);
}

static void add_bool(struct object *object, const char *key, bool value)
{
	line_text(open_field(object, key), value ? "true" : "false");
	close_field(object);
}

/* null if there are no bytes. */
static void add_bytes(struct object *object, const char *key, const char *bytes, size_t n)
{
	struct line *line;

	if (n == 0) {
		add_null(object, key);
		return;
	}
	line = open_field(object, key);
	line_text(line, "\"");
	line_json(line, bytes, n);
	line_text(line, "\"");
	close_field(object);
}

/* null for NULL and for "". */
static void add_string(struct object *object, const char *key, const char *text)
{
	add_bytes(object, key, text, text ? strlen(text) : 0);
}

static void add_time(struct object *object)
{
	struct line *line = open_field(object, "time");

	line_text(line, "\"");
	report_time(line);
	line_text(line, "\"");
	close_field(object);
}

static void add_errno(struct object *object, const struct report *report)
{
	struct line *line;

	if (report->cut != CUT_ERROR) {
		add_null(object, "errno");
		return;
	}
	line = open_field(object, "errno");
	line_text(line, "\"");
	line_errno(line, report->cut_errno);
	line_text(line, "\"");
	close_field(object);
}

static void add_hex(struct object *object, const struct report *report)
{
	uint32_t n = report->bytes_length < REPORT_BYTES_MAX ? report->bytes_length : REPORT_BYTES_MAX;
	struct line *line;

	if (!report->bytes) {
		add_null(object, "bytes");
		return;
	}
	line = open_field(object, "bytes");
	line_text(line, "\"");
	line_hex_bytes(line, report->bytes, n, "");
	line_text(line, "\"");
	close_field(object);
}

const char *report_cut_word(enum cut cut)
{
	static const char *const words[] = {
	    [CUT_NONE] = NULL,
	    [CUT_SIGNAL] = "signal",
	    [CUT_TIMEOUT] = "timeout",
	    [CUT_TIMEOUT_OR_SIGNAL] = "timeout-or-signal",
	    [CUT_WOULD_BLOCK] = "would-block",
	    [CUT_CANCELLED] = "cancelled",
	    [CUT_JUMPED_OVER] = "jumped-over",
	    [CUT_ERROR] = "error",
	    [CUT_PAUSE] = "pause",
	};

	return words[cut];
}

static void add_cut(struct object *object, const struct report *report)
{
	add_string(object, "cut", report_cut_word(report->cut));
	add_errno(object, report);
	add_number(object, "ago_ms", report->cut != CUT_NONE, report->ago_ns / 1000000);
}

const char *report_verdict_word(enum verdict verdict)
{
	static const char *const words[] = {
	    [VERDICT_NONE] = NULL,
	    [VERDICT_NOT_THE_REST] = "not-the-rest",
	    [VERDICT_NO_RETURN] = "no-return",
	    [VERDICT_STRICT] = "strict",
	    [VERDICT_DEADLINE] = "deadline",
	    [VERDICT_DESYNC] = "desync",
	    [VERDICT_ABANDONED] = "abandoned",
	    [VERDICT_NESTED] = "nested",
	    [VERDICT_NOT_ENDED] = "not-ended",
	    [VERDICT_NOT_SENT] = "not-sent",
	    [VERDICT_GIVEN_UP] = "given-up",
	};

	return words[verdict];
}

static void add_verdict(struct object *object, const struct report *report)
{
	add_string(object, "verdict", report_verdict_word(report->verdict));
	add_number(object, "offered", report->has_offered, report->offered);
	add_number(object, "refused", report->event == EVENT_REFUSED, report->refused);
}

static void add_contact(struct object *object, const struct contact *contact)
{
	add_bytes(object, "peer", contact->peer.text, contact->peer.length);
	add_bytes(object, "local", contact->local.text, contact->local.length);
}

static void add_message(struct object *object, const struct report *report)
{
	add_number(object, "message", report->message, report->message);
	add_number(object, "sent", true, report->sent);
	add_number(object, "length", report->length, report->length);
	add_bool(object, "sent_exact", !report->sent_unknown);
}

/* What is short comes first: it always fits. Names may not, and are left out then. */
void report_json(struct line *line, const struct speaker *speaker, const struct report *report)
{
	struct contact contact;
	struct object object;

	contact_ask(&contact, report->fd);
	open_object(&object, line);
	add_time(&object);
	add_number(&object, "pid", true, (uint64_t)getpid());
	add_string(&object, "event", report_event_word(report->event));
	add_bool(&object, "audit", report->audit);
	add_number(&object, "fd", report->fd >= 0, (uint64_t)report->fd);
	add_string(&object, "type", contact.type);
	add_message(&object, report);
	add_cut(&object, report);
	add_verdict(&object, report);
	add_hex(&object, report);
	add_string(&object, "reason", report->reason);
	add_bytes(&object, "comm", speaker->comm, speaker->comm_length);
	add_string(&object, "framing", report->framing);
	add_contact(&object, &contact);
	close_object(&object);
}

/* The text is the point of a note: as much of it as fits. */
void report_json_note(struct line *line, const struct speaker *speaker, const char *level, const char *text)
{
	struct object object;

	open_object(&object, line);
	add_time(&object);
	add_number(&object, "pid", true, (uint64_t)getpid());
	add_bytes(&object, "comm", speaker->comm, speaker->comm_length);
	add_string(&object, "level", level);
	open_field(&object, "text");
	line_text(line, "\"");
	line->size--;
	line_json(line, text, strlen(text));
	line->size++;
	line->full = false;
	line_text(line, "\"");
	close_field(&object);
	close_object(&object);
}
