#ifndef POISONSHIM_REPORT_PARTS_H
#define POISONSHIM_REPORT_PARTS_H

#include <sys/socket.h>

#include "line.h"
#include "report.h"

#define REPORT_LINE_MAX 1024 /* bytes, with the newline */
#define REPORT_NAME_MAX 128  /* bytes of an address in words */
#define REPORT_COMM_MAX 32   /* bytes of the program's name */
#define REPORT_BYTES_MAX 16  /* bytes shown of what did not fit a framing */

/* An fd, as the kernel describes it. The names are raw bytes, not yet escaped; length 0: it has none. */
struct contact {
	const char *type; /* tcp, unix, vsock, socket, pipe, tty, device, file, closed */
	struct line peer;
	struct line local;
	char peer_text[REPORT_NAME_MAX];
	char local_text[REPORT_NAME_MAX];
};

void contact_ask(struct contact *contact, int fd);

/* 127.0.0.1:80, [::1]:80, 3:1024 (vsock), /path, @abstract; nothing for an unnamed socket. */
void contact_name(struct line *line, const struct sockaddr_storage *address, socklen_t length);

/* What stands at the beginning of a line. */
struct speaker {
	char comm[REPORT_COMM_MAX];
	size_t comm_length;
};

/* 2026-11-22T16:23:22.123Z */
void report_time(struct line *line);

/* "torn", "poisoned", ...: how both formats call it. */
const char *report_event_word(enum event event);

/* One line without its newline, "poisonshim[1234] python3: poisoned: ..." without what comes before the
 * event. */
void report_text(struct line *line, const struct report *report);

/* A whole JSON object; what does not fit is left out, so that it stays one. */
void report_json(struct line *line, const struct speaker *speaker, const struct report *report);
void report_json_note(struct line *line, const struct speaker *speaker, const char *level, const char *text);

/* Where lines go. Returns 0, or the errno of a log file that cannot be opened: then lines go to stderr. */
int sink_start(const struct log_config *log);

/* The sink that lines go to since sink_start(). */
enum log_sink sink_kind(void);

/* Writes one line, which ends in a newline, with at most one write call. A line that cannot be written at
 * once is lost: the log never makes the program wait, and never writes into an fd that is not the log's any
 * more. */
void sink_write(const char *line, size_t n);

#endif
