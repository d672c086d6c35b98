#include "stat.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "../line.h"

static void put_label(FILE *out, const char *key, const char *text)
{
	char buffer[1024];
	struct line line = line_in(buffer, sizeof(buffer));

	line_printable(&line, text, strlen(text));
	fprintf(out, "%s=\"", key);
	for (size_t i = 0; i < line.length; i++)
		fprintf(out, buffer[i] == '\\' || buffer[i] == '"' ? "\\%c" : "%c", buffer[i]);
	fputc('"', out);
}

static void put_help(FILE *out, const char *name, const char *kind, const char *help)
{
	fprintf(out, "# HELP poisonshim_%s %s\n# TYPE poisonshim_%s %s\n", name, help, name, kind);
}

static void put_sample(FILE *out, const char *name, const struct stat_count *labels, uint64_t value)
{
	fprintf(out, "poisonshim_%s{", name);
	put_label(out, "program", labels->program);
	fputc(',', out);
	put_label(out, "framing", labels->framing);
	fprintf(out, "} %" PRIu64 "\n", value);
}

static void put_counters(FILE *out, const struct stat_count *sums, size_t length)
{
	char name[64];

	for (int i = 0; i < STATS_COUNTERS; i++) {
		if (i == STATS_ENDED)
			continue;
		snprintf(name, sizeof(name), "%s_total", stat_words[i].name);
		put_help(out, name, "counter", stat_words[i].help);
		for (size_t j = 0; j < length; j++)
			put_sample(out, name, &sums[j], sums[j].count[i]);
	}
}

static void put_open(FILE *out, const struct stat_count *sums, size_t length)
{
	put_help(out, "streams_open", "gauge", "Guarded connections that are open now.");
	for (size_t i = 0; i < length; i++)
		put_sample(out, "streams_open", &sums[i], stat_open(sums[i].count));
}

/* Each process once, whatever its framings; the list is sorted. */
static uint64_t count_processes(const struct stat_view *view, const char *program)
{
	uint64_t processes = 0;
	const struct stat_count *last = NULL;

	for (size_t i = 0; i < view->counts_length; i++) {
		const struct stat_count *count = &view->counts[i];

		if (count->ended || strcmp(count->program, program) != 0)
			continue;
		processes += !last || last->pid != count->pid || last->since != count->since;
		last = count;
	}
	return processes;
}

static void put_processes(const struct stat_view *view, FILE *out)
{
	size_t length;
	struct stat_count *sums = stat_sums(view, true, false, &length);

	put_help(out, "processes", "gauge", "Processes that run now and have guarded a connection.");
	for (size_t i = 0; i < length; i++) {
		fputs("poisonshim_processes{", out);
		put_label(out, "program", sums[i].program);
		fprintf(out, "} %" PRIu64 "\n", count_processes(view, sums[i].program));
	}
	free(sums);
}

void stat_prometheus(const struct stat_view *view, FILE *out)
{
	size_t length;
	struct stat_count *sums = stat_sums(view, true, true, &length);

	put_counters(out, sums, length);
	put_open(out, sums, length);
	put_processes(view, out);
	put_help(out, "skipped_files", "gauge", "Files of statistics that could not be read.");
	fprintf(out, "poisonshim_skipped_files %zu\n", view->skipped);
	free(sums);
}
