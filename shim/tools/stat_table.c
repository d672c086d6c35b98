#include "stat.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "../line.h"

#define NARROW 6
#define WIDE 9
#define TEXT_MAX 400

/* In the order of the columns. */
static const enum stats_counter columns[] = {STATS_STREAMS, STATS_MESSAGES, STATS_BYTES,   STATS_TORN,
					     STATS_RESUMED, STATS_POISONED, STATS_REFUSED, STATS_CLOSED,
					     STATS_DESYNC,  STATS_OFF};

#define COLUMNS (sizeof(columns) / sizeof(columns[0]))

/* At most five characters: 99999, 100k, 1.23M. */
static void write_short(char text[8], uint64_t number)
{
	static const char units[] = "kMGTPE";
	double value = (double)number;
	int unit = 0;

	if (number < 100000) {
		snprintf(text, 8, "%" PRIu64, number);
		return;
	}
	for (value /= 1000; value >= 999.5; unit++)
		value /= 1000;
	snprintf(text, 8, "%.*f%c", value < 9.995 ? 2 : value < 99.95, value, units[unit]);
}

/* At most `width` characters that are safe on a terminal. */
static void write_name(char text[TEXT_MAX], const char *name, int width)
{
	struct line line = line_in(text, (size_t)width);

	line_printable(&line, name, strlen(name));
	text[line.length] = '\0';
}

static void put_heading(FILE *out, const char *first, const char *second, bool wide)
{
	fprintf(out, wide ? "%-20s %-8s" : "%-12s %-7s", first, second);
	for (size_t i = 0; i < COLUMNS; i++)
		fprintf(out, "%*s", wide ? WIDE : NARROW,
			wide ? stat_words[columns[i]].title : stat_words[columns[i]].brief);
	fputc('\n', out);
}

static void put_counts(FILE *out, const uint64_t count[STATS_COUNTERS], bool wide)
{
	char text[8];

	for (size_t i = 0; i < COLUMNS; i++) {
		write_short(text, count[columns[i]]);
		fprintf(out, "%*s", wide ? WIDE : NARROW, text);
	}
	fputc('\n', out);
}

static void put_row(FILE *out, const char *first, const char *second, const uint64_t count[STATS_COUNTERS],
		    bool wide)
{
	char name[TEXT_MAX];

	write_name(name, first, wide ? 20 : 12);
	fprintf(out, wide ? "%-20s %-8s" : "%-12s %-7s", name, second);
	put_counts(out, count, wide);
}

static bool is_same_process(const struct stat_count *a, const struct stat_count *b)
{
	return a->pid == b->pid && a->since == b->since && strcmp(a->program, b->program) == 0;
}

/* A row for a process, whatever its framings, and one for what has ended of a program. */
static void put_processes(const struct stat_view *view, FILE *out, bool wide)
{
	for (size_t i = 0, next; i < view->counts_length; i = next) {
		const struct stat_count *first = &view->counts[i];
		uint64_t sum[STATS_COUNTERS] = {0};
		char pid[16];

		for (next = i; next < view->counts_length && is_same_process(first, &view->counts[next]);
		     next++)
			stat_add(sum, view->counts[next].count);
		snprintf(pid, sizeof(pid), "%" PRId32 "%s", first->pid, first->audit ? "*" : "");
		put_row(out, first->program, first->ended ? "ended" : pid, sum, wide);
	}
}

static void put_sums(const struct stat_view *view, FILE *out, bool wide)
{
	size_t length;
	struct stat_count *sums = stat_sums(view, false, false, &length);
	static const uint64_t none[STATS_COUNTERS];

	put_row(out, "sum", "", length ? sums[0].count : none, wide);
	free(sums);
}

static void put_framings(const struct stat_view *view, FILE *out, bool wide)
{
	size_t length;
	struct stat_count *sums = stat_sums(view, false, true, &length);

	fputc('\n', out);
	put_heading(out, "framing", "open", wide);
	for (size_t i = 0; i < length; i++) {
		char open[8];

		write_short(open, stat_open(sums[i].count));
		put_row(out, sums[i].framing, open, sums[i].count, wide);
	}
	free(sums);
}

static void put_event(FILE *out, const struct stat_happened *happened)
{
	const struct stats_event *event = &happened->event;
	time_t second = (time_t)(event->time / 1000000000);
	char name[TEXT_MAX], framing[TEXT_MAX], when[32];
	struct tm tm;

	strftime(when, sizeof(when), "%H:%M:%S", localtime_r(&second, &tm));
	write_name(name, happened->program, 12);
	write_name(framing, happened->framing, 12);
	fprintf(out, "%s %s[%" PRId32 "] %s: fd %" PRId32 ", %s, message %" PRIu32 ": %" PRIu64, when, name,
		happened->pid, stat_words[event->counter].name, event->fd, framing, event->message,
		event->sent);
	if (event->length)
		fprintf(out, " of %" PRIu64, event->length);
	fputs(" bytes\n", out);
}

void stat_table(const struct stat_view *view, FILE *out, bool wide)
{
	put_heading(out, "program", "pid", wide);
	put_processes(view, out, wide);
	put_sums(view, out, wide);
	if (view->counts_length)
		put_framings(view, out, wide);
	if (view->events_length)
		fputs("\nlast events\n", out);
	for (size_t i = view->events_length > STATS_EVENTS ? view->events_length - STATS_EVENTS : 0;
	     i < view->events_length; i++)
		put_event(out, &view->events[i]);
}
