#include "report_parts.h"

#include <errno.h>
#include <string.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>

#include "path.h"

/* Written once, by report_start(). */
static struct {
	enum log_level level;
	bool json;
	struct speaker speaker;
} reporter;

static const struct {
	const char *word;
	enum log_level level;
} events[] = {
    [EVENT_TORN] = {"torn", LOG_LEVEL_DEBUG},
    [EVENT_RESUMED] = {"resumed", LOG_LEVEL_DEBUG},
    [EVENT_POISONED] = {"poisoned", LOG_LEVEL_ERROR},
    [EVENT_REFUSED] = {"refused", LOG_LEVEL_ERROR},
    [EVENT_CLOSED] = {"closed", LOG_LEVEL_WARN},
    [EVENT_DESYNC] = {"desync", LOG_LEVEL_WARN},
    [EVENT_OFF] = {"off", LOG_LEVEL_WARN},
    [EVENT_ENDED] = {"ended", LOG_LEVEL_DEBUG},
};

static const struct {
	const char *word;
	int priority; /* of syslog */
} levels[] = {
    [LOG_LEVEL_OFF] = {"off", LOG_DEBUG},     [LOG_LEVEL_ERROR] = {"error", LOG_ERR},
    [LOG_LEVEL_WARN] = {"warn", LOG_WARNING}, [LOG_LEVEL_INFO] = {"info", LOG_INFO},
    [LOG_LEVEL_DEBUG] = {"debug", LOG_DEBUG},
};

const char *report_event_word(enum event event)
{
	return events[event].word;
}

struct date {
	uint64_t year, month, day;
};

/* Days since 1970-01-01 in the proleptic Gregorian calendar, after Howard Hinnant's civil_from_days: years
 * begin in March, so that the leap day is the last one. */
static struct date civil_from_days(uint64_t days)
{
	uint64_t since = days + 719468; /* since 0000-03-01 */
	uint64_t era = since / 146097;
	uint64_t day_of_era = since % 146097;
	uint64_t year = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
	uint64_t day_of_year = day_of_era - (365 * year + year / 4 - year / 100);
	uint64_t month = (5 * day_of_year + 2) / 153; /* 0: March */
	struct date date = {
	    .year = year + era * 400 + (month >= 10),
	    .month = month < 10 ? month + 3 : month - 9,
	    .day = day_of_year - (153 * month + 2) / 5 + 1,
	};

	return date;
}

void report_time(struct line *line)
{
	struct timespec now = {0};
	struct date date;
	uint64_t second;

	clock_gettime(CLOCK_REALTIME, &now);
	date = civil_from_days((uint64_t)now.tv_sec / 86400);
	second = (uint64_t)now.tv_sec % 86400;
	line_digits(line, date.year, 4);
	line_text(line, "-");
	line_digits(line, date.month, 2);
	line_text(line, "-");
	line_digits(line, date.day, 2);
	line_text(line, "T");
	line_digits(line, second / 3600, 2);
	line_text(line, ":");
	line_digits(line, second / 60 % 60, 2);
	line_text(line, ":");
	line_digits(line, second % 60, 2);
	line_text(line, ".");
	line_digits(line, (uint64_t)now.tv_nsec / 1000000, 3);
	line_text(line, "Z");
}

static void add_tag(struct line *line)
{
	line_text(line, "poisonshim[");
	line_number(line, (uint64_t)getpid());
	line_text(line, "]");
}

static void add_priority(struct line *line, enum log_level level)
{
	line_text(line, "<");
	line_number(line, (uint64_t)(LOG_DAEMON | levels[level].priority));
	line_text(line, ">");
}

/* What stands before the event. A file has no other clock than ours; syslog and whoever reads stderr have. */
static void begin(struct line *line, enum log_level level)
{
	bool to_syslog = sink_kind() == LOG_SINK_SYSLOG;

	if (to_syslog)
		add_priority(line, level);
	if (sink_kind() == LOG_SINK_FILE && !reporter.json) {
		report_time(line);
		line_text(line, " ");
	}
	if (to_syslog || !reporter.json)
		add_tag(line);
	if (to_syslog)
		line_text(line, ":");
	if (reporter.json) {
		line_text(line, to_syslog ? " " : "");
		return;
	}
	line_text(line, " ");
	line_printable(line, reporter.speaker.comm, reporter.speaker.comm_length);
	line_text(line, ": ");
}

static void finish(struct line *line)
{
	line->text[line->length++] = '\n';
	sink_write(line->text, line->length);
}

void report_event(const struct report *report)
{
	char buffer[REPORT_LINE_MAX];
	struct line line = line_in(buffer, sizeof(buffer) - 1);
	int saved = errno;

	if (!report_wants(report->event))
		return;
	begin(&line, events[report->event].level);
	if (reporter.json)
		report_json(&line, &reporter.speaker, report);
	else
		report_text(&line, report);
	finish(&line);
	errno = saved;
}

void report_note(enum log_level level, const char *text)
{
	char buffer[REPORT_LINE_MAX];
	struct line line = line_in(buffer, sizeof(buffer) - 1);
	int saved = errno;

	if (level > reporter.level)
		return;
	begin(&line, level);
	if (reporter.json)
		report_json_note(&line, &reporter.speaker, levels[level].word, text);
	else
		line_printable(&line, text, strlen(text));
	finish(&line);
	errno = saved;
}

bool report_wants(enum event event)
{
	return events[event].level <= reporter.level;
}

static void note_no_file(const char *path, int error)
{
	char text[REPORT_LINE_MAX / 2];
	struct line line = line_in(text, sizeof(text) - 1);

	line_text(&line, "the log cannot be opened (");
	line_errno(&line, error);
	line_text(&line, "), lines go to stderr instead: ");
	line_printable(&line, path, strlen(path));
	text[line.length] = '\0';
	report_note(LOG_LEVEL_ERROR, text);
}

void report_start(const struct log_config *log, const char *program)
{
	const char *name = path_last(program);
	int saved = errno;
	int error;

	reporter.speaker.comm_length = strnlen(name, REPORT_COMM_MAX);
	memcpy(reporter.speaker.comm, name, reporter.speaker.comm_length);
	reporter.level = log->level;
	reporter.json = log->json;
	error = log->level == LOG_LEVEL_OFF ? 0 : sink_start(log);
	if (error)
		note_no_file(log->path, error);
	errno = saved;
}
