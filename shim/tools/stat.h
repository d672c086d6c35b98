#ifndef POISONSHIM_STAT_H
#define POISONSHIM_STAT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "../stats_file.h"

/* What a process counted for one framing; or, for pid 0, what all ended processes of a program did. */
struct stat_count {
	char program[STATS_PROGRAM_NAME + 1];
	char framing[STATS_FRAMING_NAME + 1];
	int32_t pid;
	bool ended;
	bool audit;
	uint64_t since; /* ns since 1970 */
	uint64_t count[STATS_COUNTERS];
};

struct stat_happened {
	char program[STATS_PROGRAM_NAME + 1];
	char framing[STATS_FRAMING_NAME + 1];
	int32_t pid;
	struct stats_event event;
};

struct stat_view {
	const char *directory;
	struct stat_count *counts; /* by program, then pid, then framing; the sums of ended ones last */
	size_t counts_length;
	struct stat_happened *events; /* the oldest first */
	size_t events_length;
	size_t skipped; /* files that could not be read */
	FILE *messages; /* one a line */
};

/* Reads the directory and puts away what processes that have ended left there. False: it cannot be read, and
 * a message says why. */
bool stat_collect(struct stat_view *view);
void stat_forget(struct stat_view *view);

/* The name of a counter, and what it counts. */
struct stat_word {
	const char *name;
	const char *title; /* at most 8 letters */
	const char *brief; /* at most 5 letters */
	const char *help;
};
extern const struct stat_word stat_words[STATS_COUNTERS];

/* "poisonstat: DIRECTORY/FILE: ", `what` and `more`, a line in view->messages; `file` may be NULL. */
void stat_say(struct stat_view *view, const char *file, const char *what, const char *more);

void stat_table(const struct stat_view *view, FILE *out, bool wide);
void stat_json(const struct stat_view *view, FILE *out);
void stat_prometheus(const struct stat_view *view, FILE *out);

/* Columns that the wide table needs; the narrow one needs 80. */
#define STAT_WIDE 119

/* Until q or a signal; returns the exit status. */
int stat_watch(const char *directory, unsigned seconds);

/* For their parts. */

/* A new element at the end of an array; ends the program if there is no memory. */
void *stat_append(void *array, size_t *length, size_t size);

/* Sorts events by time. */
void stat_sort_events(struct stat_happened *events, size_t length);

void stat_add(uint64_t sum[STATS_COUNTERS], const uint64_t count[STATS_COUNTERS]);
uint64_t stat_open(const uint64_t count[STATS_COUNTERS]);

/* The element for this program and framing, made if need be. */
struct stat_count *stat_find(struct stat_count **counts, size_t *length, const char *program,
			     const char *framing);

/* The sums by program and framing (either may be taken together: NULL), sorted. */
struct stat_count *stat_sums(const struct stat_view *view, bool by_program, bool by_framing, size_t *length);

/* Adds what a process's file holds. False: it is none that we can read, and a message says why. */
bool stat_read_file(struct stat_view *view, int fd, const char *name, bool ended);

/* The sums of the processes whose files are gone. */
struct stat_ended {
	struct stat_count *counts;
	size_t counts_length;
	struct stat_happened *events; /* the last ones */
	size_t events_length;
	char (*names)[256]; /* files that are in them: to be deleted */
	size_t names_length;
};

/* False: there is such a file, but it cannot be read, and a message says why. */
bool stat_ended_read(struct stat_view *view, int directory, struct stat_ended *ended);
bool stat_ended_write(struct stat_view *view, int directory, const struct stat_ended *ended);

#endif
