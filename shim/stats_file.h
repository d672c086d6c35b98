#ifndef POISONSHIM_STATS_FILE_H
#define POISONSHIM_STATS_FILE_H

#include <stdint.h>

/*
 * A file in POISONSHIM_STATS, as a process keeps it mapped and poisonstat reads it: a head, a record for each
 * rule's framing, and from `size` on chunks of rows, one row for each stream that is open. The same for 32
 * and 64 bits; in the byte order of the machine. Whoever maps the file holds a shared flock() on it, which
 * ends with the process or with exec.
 */
#define STATS_MAGIC UINT64_C(0x706f69736f6e7374)
#define STATS_VERSION 1
#define STATS_SUFFIX ".stats"
#define STATS_NEW_SUFFIX ".new" /* while it is being made; its name begins with a dot */
#define STATS_FRAMING_NAME 80
#define STATS_PROGRAM_NAME 64
#define STATS_EVENTS 16
#define STATS_PAGE 4096 /* `size` is a multiple of it */

enum stats_counter {
	STATS_STREAMS,
	STATS_ENDED, /* of these */
	STATS_MESSAGES,
	STATS_BYTES,
	STATS_TORN,
	STATS_RESUMED,
	STATS_POISONED,
	STATS_REFUSED,
	STATS_CLOSED, /* inside a message */
	STATS_DESYNC,
	STATS_OFF,
	STATS_COUNTERS
};

/* What was counted and is not in a row any more: messages and bytes are those of streams that have ended. */
struct stats_framing {
	char name[STATS_FRAMING_NAME]; /* as configured; ends with a zero if it is shorter; empty: nothing is
					  ever counted */
	_Alignas(8) uint64_t count[STATS_COUNTERS];
};

/* Only of the kinds that the log has by default. */
struct stats_event {
	_Alignas(8) uint64_t number; /* from 1; 0 while it is being written */
	uint64_t time;		     /* ns since 1970 */
	uint64_t sent;
	uint64_t length;  /* 0: not known */
	uint32_t message; /* its number on the stream */
	int32_t fd;
	uint16_t counter; /* enum stats_counter: what happened */
	uint16_t framing;
	uint32_t unused;
};

struct stats_head {
	_Alignas(8) uint64_t magic; /* written last */
	uint32_t version;
	uint32_t size; /* of everything in front of the rows */
	uint32_t framings;
	uint32_t chunk; /* bytes of a chunk */
	uint32_t rows;	/* in a chunk */
	uint32_t row;	/* bytes of a row; it begins with a struct stats_row_head */
	uint32_t row_messages;
	uint32_t row_bytes; /* where in a row they are: 32 and 64 bits */
	int32_t pid;
	uint32_t audit;
	uint64_t since; /* ns since 1970: when the file was made */
	char program[STATS_PROGRAM_NAME];
	/* Of streams that end, their rows are being added up: who reads different numbers reads again. */
	uint64_t folds_begun;
	uint64_t folds_done;
	uint64_t events; /* so far; the last ones are kept */
	struct stats_event event[STATS_EVENTS];
	struct stats_framing framing[];
};

struct stats_row_head {
	uint32_t framing;  /* from 1; 0: no stream here */
	uint32_t messages; /* of those in the row, how many were sent before this process had the stream */
};

_Static_assert(sizeof(struct stats_framing) == 168 && sizeof(struct stats_event) == 48 &&
		   sizeof(struct stats_head) == 912,
	       "the same on every machine");

#endif
