#include "stat.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "../line.h"

static void put_string(FILE *out, const char *key, const char *text)
{
	char buffer[8192];
	struct line line = line_in(buffer, sizeof(buffer));

	line_json(&line, text, strlen(text));
	fprintf(out, "\"%s\":\"%.*s\"", key, (int)line.length, buffer);
}

static void put_counts(FILE *out, const uint64_t count[STATS_COUNTERS])
{
	for (int i = 0; i < STATS_COUNTERS; i++)
		fprintf(out, "%s\"%s\":%" PRIu64, i ? "," : "", stat_words[i].name, count[i]);
}

static void put_list(FILE *out, const struct stat_view *view, bool ended)
{
	const char *before = "";

	for (size_t i = 0; i < view->counts_length; i++) {
		const struct stat_count *count = &view->counts[i];

		if (count->ended != ended)
			continue;
		fprintf(out, "%s{", before);
		put_string(out, "program", count->program);
		if (!ended)
			fprintf(out, ",\"pid\":%" PRId32 ",\"since\":%" PRIu64 ".%09" PRIu64 ",\"audit\":%s",
				count->pid, count->since / 1000000000, count->since % 1000000000,
				count->audit ? "true" : "false");
		fputc(',', out);
		put_string(out, "framing", count->framing);
		fputc(',', out);
		put_counts(out, count->count);
		fputc('}', out);
		before = ",";
	}
}

static void put_events(FILE *out, const struct stat_view *view)
{
	for (size_t i = 0; i < view->events_length; i++) {
		const struct stat_happened *happened = &view->events[i];
		const struct stats_event *event = &happened->event;

		fprintf(out, "%s{\"time\":%" PRIu64 ".%09" PRIu64 ",", i ? "," : "", event->time / 1000000000,
			event->time % 1000000000);
		put_string(out, "event", stat_words[event->counter].name);
		fputc(',', out);
		put_string(out, "program", happened->program);
		fprintf(out, ",\"pid\":%" PRId32 ",\"fd\":%" PRId32 ",", happened->pid, event->fd);
		put_string(out, "framing", happened->framing);
		fprintf(out, ",\"message\":%" PRIu32 ",\"sent\":%" PRIu64 ",\"length\":", event->message,
			event->sent);
		if (event->length)
			fprintf(out, "%" PRIu64 "}", event->length);
		else
			fputs("null}", out);
	}
}

static void put_sum(FILE *out, const struct stat_view *view)
{
	size_t length;
	struct stat_count *sums = stat_sums(view, false, false, &length);
	static const uint64_t none[STATS_COUNTERS];

	put_counts(out, length ? sums[0].count : none);
	free(sums);
}

void stat_json(const struct stat_view *view, FILE *out)
{
	fputc('{', out);
	put_string(out, "directory", view->directory);
	fputs(",\"processes\":[", out);
	put_list(out, view, false);
	fputs("],\"ended\":[", out);
	put_list(out, view, true);
	fputs("],\"sum\":{", out);
	put_sum(out, view);
	fputs("},\"events\":[", out);
	put_events(out, view);
	fprintf(out, "],\"skipped\":%zu}\n", view->skipped);
}
