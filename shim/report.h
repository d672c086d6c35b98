#ifndef POISONSHIM_REPORT_H
#define POISONSHIM_REPORT_H

#include <stdint.h>
#include <stdbool.h>

#include "config.h"

enum event {
	EVENT_TORN,	/* debug: a message was cut; the program may still go on with its rest */
	EVENT_RESUMED,	/* debug: the program went on with exactly the rest of a cut message */
	EVENT_POISONED, /* error: the stream is poisoned; says why */
	EVENT_REFUSED,	/* error: a later write on a poisoned stream */
	EVENT_CLOSED,	/* warn: closed or shut down inside a message */
	EVENT_DESYNC,	/* warn: the bytes cannot be the configured framing */
	EVENT_OFF,	/* warn: not guarded any more, for another reason */
	EVENT_ENDED, /* debug: closed or shut down at a boundary, or where that ends the message; `message` is
		      * how many there were */
};

/* What cut a message. */
enum cut {
	CUT_NONE,
	CUT_SIGNAL,	       /* EINTR, or a short count on a blocking stream without a send timeout */
	CUT_TIMEOUT,	       /* EAGAIN on a blocking stream: SO_SNDTIMEO */
	CUT_TIMEOUT_OR_SIGNAL, /* a short count on a blocking stream with SO_SNDTIMEO: the kernel does not say
				*/
	CUT_WOULD_BLOCK,       /* non-blocking stream */
	CUT_CANCELLED,	       /* the writing thread ended inside the call */
	CUT_JUMPED_OVER,       /* siglongjmp or an exception left the call */
	CUT_ERROR,	       /* any other errno */
	CUT_PAUSE,	       /* no write was cut: the program stopped between two writes (deadline) */
};

/* Why a verdict fell; completes the sentence. */
enum verdict {
	VERDICT_NONE,
	VERDICT_NOT_THE_REST, /* the write offered is not the rest of the cut message */
	VERDICT_NO_RETURN,    /* the call never returned: how much was sent is not known */
	VERDICT_STRICT,	      /* policy strict */
	VERDICT_DEADLINE,     /* the message was incomplete for longer than the deadline */
	VERDICT_DESYNC,	      /* desync=poison */
	VERDICT_ABANDONED,    /* the write offered begins another message inside an unfinished one */
	VERDICT_NESTED,	      /* a signal handler wrote to the stream whose write it interrupted */
	VERDICT_NOT_ENDED,    /* the program said that another message begins inside an unfinished one */
	VERDICT_NOT_SENT,     /* it said that the message ends before all that it offered was accepted */
	VERDICT_GIVEN_UP,     /* it said that the message will not be completed */
};

struct report {
	enum event event;
	int fd;
	const char *framing; /* as configured */
	uint64_t message;    /* number of the message on this stream, from 1 */
	uint64_t sent;	     /* bytes of it that the kernel accepted */
	uint64_t length;     /* its length in bytes, 0: not known */
	bool sent_unknown;   /* after a call that did not return, `sent` is a lower bound */
	enum cut cut;
	int cut_errno;	 /* CUT_ERROR */
	uint64_t ago_ns; /* since the cut */
	enum verdict verdict;
	bool audit;	       /* would have been refused, was let through */
	bool has_offered;      /* a write was refused: */
	uint64_t offered;      /* its bytes */
	uint64_t refused;      /* EVENT_REFUSED: how many writes have been refused on this stream so far */
	const uint8_t *bytes;  /* EVENT_DESYNC: the bytes that did not fit, or NULL */
	uint32_t bytes_length; /* at most 16 are shown, in hex */
	const char *reason;    /* EVENT_OFF: why, in words */
};

/* Opens the log. Called once, from the constructor, after config_load(). `program` is what argv[0] says. */
void report_start(const struct log_config *log, const char *program);

/* True if an event of this kind would be written at the configured level. */
bool report_wants(enum event event);

/* Formats one line and writes it with at most one write call; safe in a signal handler; keeps errno. The
 * address of the peer is asked from the kernel here, only when a line is written. */
void report_event(const struct report *report);

/* The cause of a cut, and the verdict, in a word, as JSON has it; NULL for none. */
const char *report_cut_word(enum cut cut);
const char *report_verdict_word(enum verdict verdict);

/* One line of text at the given level that is not about a stream. */
void report_note(enum log_level level, const char *text);

#endif
