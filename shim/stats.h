#ifndef POISONSHIM_STATS_H
#define POISONSHIM_STATS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "hidden.h"
#include "stats_file.h"
#include "stream.h"

/*
 * Counts for POISONSHIM_STATS. Each stream has a row as far from it as every other stream from its own, with
 * the numbers in the same places, so that to count costs a clean write four instructions and needs no pointer
 * in the stream. Rows are mapped from the process's file; those that cannot be are in memory of our own, and
 * count when the stream ends.
 */

/* From a stream to its row. 0: nothing is counted, and the clean path's numbers fall on places of the stream
 * itself where they do no harm: its own count of messages, and room for a tail that a clean stream has not.
 */
extern HIDDEN ptrdiff_t stats_shadow;

#define STATS_ROW_MESSAGES (offsetof(struct stream, frame) + offsetof(struct framing_state, messages))
#define STATS_ROW_BYTES \
	(offsetof(struct stream, tail) + offsetof(struct tail, small) + TAIL_SMALL - sizeof(uint64_t))

struct stats_row {
	struct stats_row_head head;
	uint32_t uncounted; /* not among STATS_STREAMS: it began in a parent process, say */
	uint8_t unused[STATS_ROW_BYTES - sizeof(struct stats_row_head) - sizeof(uint32_t)];
	uint64_t bytes;
	uint8_t unused_too[STATS_ROW_MESSAGES - STATS_ROW_BYTES - sizeof(uint64_t)];
	uint32_t messages;
} __attribute__((packed, aligned(4), may_alias));

static inline bool stats_are_kept(void)
{
	return stats_shadow != 0;
}

static inline struct stats_row *stats_row(const struct stream *stream)
{
	return (struct stats_row *)((uintptr_t)stream + (uintptr_t)stats_shadow);
}

/* A clean stream has sent `bytes` more, and its framing was fed with them. The distance goes through a
 * register twice, so that it is not added to the stream's address first: an instruction. */
static inline void stats_count(const struct stream *stream, size_t bytes)
{
	uintptr_t at = (uintptr_t)stream, shadow = (uintptr_t)stats_shadow;

	((struct stats_row *)(at + shadow))->bytes += bytes;
	__asm__("" : "+r"(shadow));
	((struct stats_row *)(at + shadow))->messages = stream->frame.messages;
}

/* The same for a stream that may not be clean. */
static inline void stats_count_any(const struct stream *stream, uint64_t bytes)
{
	if (stats_are_kept())
		stats_count(stream, (size_t)bytes);
}

/* Called once, from the constructor, before there are streams. An empty directory: none. `program` is what
 * argv[0] says. */
void stats_start(const char *directory, const char *program);

/* It has a row now. It may still turn out that another thread was faster with one for the same connection. */
void stats_stream_begins(const struct stream *stream);
void stats_stream_is_known(const struct stream *stream);

/* This process writes to a stream that it may have inherited. */
void stats_stream_is_used(void);

void stats_stream_ends(const struct stream *stream);

/* Counts the event, and keeps it among the last ones if it is one of those. */
void stats_event(const struct stream *stream, const struct report *report);

/* In a forked child: what its parent counts is not its own. */
void stats_forked(void);

/* For stats's own parts. */

/* What stands in front of the rows. At first, and where there is no file, it is memory of our own. */
struct stats_head *stats_head(void);

/* Makes the file, if that was not tried yet. Keeps errno. */
void stats_need_file(void);

/* Prepares for it. */
void stats_prepare_file(const char *directory, const char *program);

/* In a forked child: lets go of the parent's. False: its rows are still there. The rows of the child itself
 * are only touched when it writes. */
bool stats_leave_file(void);
void stats_begin_inherited(void);

#endif
