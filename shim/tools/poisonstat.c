/* poisonstat: what guarded processes count in POISONSHIM_STATS; see scripts/poisonstat.1. */

#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "../version.h"
#include "stat.h"

#define WATCH_SECONDS 2
#define WATCH_MAX 3600

enum { SHOWN, USAGE = 2 };

enum format { FORMAT_TABLE, FORMAT_JSON, FORMAT_PROMETHEUS, FORMAT_WATCH };

struct asked {
	enum format format;
	unsigned seconds;
};

static const char usage_text[] =
    "usage: poisonstat [-j | -p | -w[SECONDS]] DIRECTORY\n"
    "\n"
    "Shows what guarded processes count in DIRECTORY, which is POISONSHIM_STATS of those processes: a row "
    "for\n"
    "each, their sums, sums by framing, and the last events. Files of processes that have ended are added "
    "to\n"
    "one, DIRECTORY/ended, and deleted.\n"
    "\n"
    "  -j, --json             one object of JSON\n"
    "  -p, --prometheus       counters for Prometheus, as node_exporter's textfile collector reads them\n"
    "  -w, --watch[=SECONDS]  a table on the terminal, again and again; q or Ctrl-C ends it; default: 2\n"
    "  -h, --help             this text\n"
    "  -V, --version          the version\n"
    "\n"
    "Exit status: 0 shown, even if files had to be skipped; 2 wrong arguments, or a directory that cannot "
    "be\n"
    "read.\n";

static int try_help(void)
{
	fputs("poisonstat --help says more\n", stderr);
	return USAGE;
}

static bool parse_seconds(const char *text, unsigned *seconds)
{
	char *end;
	unsigned long number;

	if (!text)
		return true;
	number = strtoul(text, &end, 10);
	*seconds = (unsigned)number;
	return *text >= '0' && *text <= '9' && !*end && number >= 1 && number <= WATCH_MAX;
}

static int ask(struct asked *asked, enum format format)
{
	if (asked->format != FORMAT_TABLE && asked->format != format) {
		fputs("poisonstat: expected at most one of --json, --prometheus and --watch\n", stderr);
		return try_help();
	}
	asked->format = format;
	return -1;
}

/* Returns the exit status, or -1 to go on. */
static int take_option(int option, struct asked *asked)
{
	switch (option) {
	case 'j':
		return ask(asked, FORMAT_JSON);
	case 'p':
		return ask(asked, FORMAT_PROMETHEUS);
	case 'w':
		if (parse_seconds(optarg, &asked->seconds))
			return ask(asked, FORMAT_WATCH);
		fprintf(stderr, "poisonstat: --watch=%s: expected seconds, 1 to %d\n", optarg, WATCH_MAX);
		return USAGE;
	case 'h':
		return fputs(usage_text, stdout) < 0 ? USAGE : SHOWN;
	case 'V':
		return puts("poisonstat " POISONSHIM_VERSION) < 0 ? USAGE : SHOWN;
	default:
		return try_help();
	}
}

static int parse_options(int argc, char **argv, struct asked *asked)
{
	static const struct option options[] = {
	    {"json", no_argument, NULL, 'j'},	     {"prometheus", no_argument, NULL, 'p'},
	    {"watch", optional_argument, NULL, 'w'}, {"help", no_argument, NULL, 'h'},
	    {"version", no_argument, NULL, 'V'},     {NULL, 0, NULL, 0},
	};
	int option, done = -1;

	while (done < 0 && (option = getopt_long(argc, argv, "jpw::hV", options, NULL)) != -1)
		done = take_option(option, asked);
	return done;
}

/* Where it goes to a file there is room enough. */
static bool is_wide(void)
{
	struct winsize size;

	return ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col >= STAT_WIDE;
}

static int show_once(const char *directory, enum format format)
{
	struct stat_view view = {.directory = directory, .messages = stderr};

	if (!stat_collect(&view))
		return USAGE;
	if (format == FORMAT_JSON)
		stat_json(&view, stdout);
	else if (format == FORMAT_PROMETHEUS)
		stat_prometheus(&view, stdout);
	else
		stat_table(&view, stdout, is_wide());
	stat_forget(&view);
	if (fflush(stdout) == 0 && !ferror(stdout))
		return SHOWN;
	fprintf(stderr, "poisonstat: standard output: %s\n", strerror(errno));
	return USAGE;
}

int main(int argc, char **argv)
{
	struct asked asked = {.seconds = WATCH_SECONDS};
	int done = parse_options(argc, argv, &asked);

	if (done >= 0)
		return done;
	if (argc - optind != 1) {
		fputs("poisonstat: expected one directory\n", stderr);
		return try_help();
	}
	if (asked.format == FORMAT_WATCH)
		return stat_watch(argv[optind], asked.seconds);
	return show_once(argv[optind], asked.format);
}
