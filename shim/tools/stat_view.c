#include "stat.h"

#include <stdlib.h>
#include <string.h>

const struct stat_word stat_words[STATS_COUNTERS] = {
    [STATS_STREAMS] = {"streams", "streams", "strms", "Connections that were guarded."},
    [STATS_ENDED] = {"ended", "ended", "ended", "Guarded connections that have ended."},
    [STATS_MESSAGES] = {"messages", "messages", "msgs", "Messages that were sent as a whole."},
    [STATS_BYTES] = {"bytes", "bytes", "bytes", "Bytes that the kernel accepted on guarded connections."},
    [STATS_TORN] = {"torn", "torn", "torn", "Messages that were cut."},
    [STATS_RESUMED] = {"resumed", "resumed", "resmd", "Cut messages whose rest was sent after all."},
    [STATS_POISONED] = {"poisoned", "poisoned", "poisd",
			"Connections that were poisoned, or in audit mode would be."},
    [STATS_REFUSED] = {"refused", "refused", "refsd",
		       "Later writes that were refused on poisoned connections."},
    [STATS_CLOSED] = {"closed_inside", "closed", "closd", "Connections that were closed inside a message."},
    [STATS_DESYNC] = {"desync", "desync", "desyn",
		      "Connections whose bytes cannot be the configured framing."},
    [STATS_OFF] = {"off", "off", "off", "Connections not guarded any more, for another reason."},
};

void stat_say(struct stat_view *view, const char *file, const char *what, const char *more)
{
	fprintf(view->messages, "poisonstat: %s%s%s: %s%s\n", view->directory, file ? "/" : "",
		file ? file : "", what, more);
}

void *stat_append(void *array, size_t *length, size_t size)
{
	char *longer = realloc(array, (*length + 1) * size);

	if (!longer) {
		fputs("poisonstat: out of memory\n", stderr);
		exit(2);
	}
	memset(longer + *length * size, 0, size);
	++*length;
	return longer;
}

void stat_add(uint64_t sum[STATS_COUNTERS], const uint64_t count[STATS_COUNTERS])
{
	for (int i = 0; i < STATS_COUNTERS; i++)
		sum[i] += count[i];
}

uint64_t stat_open(const uint64_t count[STATS_COUNTERS])
{
	return count[STATS_STREAMS] > count[STATS_ENDED] ? count[STATS_STREAMS] - count[STATS_ENDED] : 0;
}

struct stat_count *stat_find(struct stat_count **counts, size_t *length, const char *program,
			     const char *framing)
{
	struct stat_count *found;

	for (size_t i = 0; i < *length; i++)
		if (strcmp((*counts)[i].program, program) == 0 && strcmp((*counts)[i].framing, framing) == 0)
			return &(*counts)[i];
	*counts = stat_append(*counts, length, sizeof(**counts));
	found = &(*counts)[*length - 1];
	memcpy(found->program, program, strlen(program) + 1);
	memcpy(found->framing, framing, strlen(framing) + 1);
	return found;
}

static int by_name(const void *a, const void *b)
{
	const struct stat_count *x = a, *y = b;
	int order = strcmp(x->program, y->program);

	return order ? order : strcmp(x->framing, y->framing);
}

/* A process that has ended but could not be put away counts, but its connections are not open. */
static void add_one(struct stat_count *sum, const struct stat_count *count)
{
	stat_add(sum->count, count->count);
	if (count->ended)
		sum->count[STATS_ENDED] += stat_open(count->count);
}

struct stat_count *stat_sums(const struct stat_view *view, bool by_program, bool by_framing, size_t *length)
{
	struct stat_count *sums = NULL;

	*length = 0;
	for (size_t i = 0; i < view->counts_length; i++) {
		const struct stat_count *count = &view->counts[i];

		add_one(stat_find(&sums, length, by_program ? count->program : "",
				  by_framing ? count->framing : ""),
			count);
	}
	if (*length)
		qsort(sums, *length, sizeof(*sums), by_name);
	return sums;
}

static int by_time(const void *a, const void *b)
{
	const struct stat_happened *x = a, *y = b;

	return (x->event.time > y->event.time) - (x->event.time < y->event.time);
}

void stat_sort_events(struct stat_happened *events, size_t length)
{
	if (length)
		qsort(events, length, sizeof(*events), by_time);
}

void stat_forget(struct stat_view *view)
{
	free(view->counts);
	free(view->events);
	view->counts = NULL;
	view->events = NULL;
	view->counts_length = view->events_length = view->skipped = 0;
}
