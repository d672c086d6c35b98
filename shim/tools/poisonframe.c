/* poisonframe: the messages that a framing finds in a captured byte stream; see scripts/poisonframe.1. */

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../config_parts.h"
#include "show.h"
#include "../version.h"

#define BUFFER 65536

enum { FOUND, NOT_THAT_FRAMING, USAGE };

static const char usage_text[] =
    "usage: poisonframe [-jq] [-r client|server] FRAMING [FILE]\n"
    "\n"
    "Prints where the messages of a captured byte stream begin and end, by the code of poisonshim itself.\n"
    "FILE is what one side of a connection wrote; without it, or with -, the standard input.\n"
    "FRAMING is as in POISONSHIM_FRAMING: a framing and its options, 'packet(4)' or 'amqp,unit=frame'.\n"
    "\n"
    "  -j, --json          an object of JSON on each line\n"
    "  -q, --quiet         only how it ends and the sums\n"
    "  -r, --role ROLE     who wrote it: client or server, as role= in the framing; default: client\n"
    "  -h, --help          this text\n"
    "  -V, --version       the version\n"
    "\n"
    "Exit status: 0 messages, and maybe the beginning of one; 1 the bytes cannot be that framing;\n"
    "2 wrong arguments, or a file that cannot be read.\n";

static int complain(const char *what, const char *why)
{
	fprintf(stderr, "poisonframe: %s: %s\n", what, why);
	return USAGE;
}

static bool parse_role(const char *text, enum role *role)
{
	*role = strcmp(text, "server") == 0 ? ROLE_SERVER : ROLE_CLIENT;
	return *role == ROLE_SERVER || strcmp(text, "client") == 0;
}

/* As POISONSHIM_FRAMING is read. */
static const struct profile *parse_framing(const char *text)
{
	static struct rules rules;
	const struct profile defaults = {0};
	struct parse parse = parse_text(text, strlen(text));
	struct config_error error;

	if (rules_parse_framing(&parse, &rules, &defaults))
		return &rules.rule[0].profile;
	config_error_parse(&error, &(struct place){0}, &parse);
	fprintf(stderr, "poisonframe: framing%s\n", error.text);
	return NULL;
}

/* Reads until `least` bytes are there; returns how many are, or -1. */
static ssize_t fill(int fd, uint8_t *buffer, size_t have, size_t least)
{
	while (have < least) {
		ssize_t n = read(fd, buffer + have, BUFFER - have);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -1;
		if (n == 0)
			break;
		have += (size_t)n;
	}
	return (ssize_t)have;
}

/* A common mistake: the file of a sniffer, which holds packets. */
static void warn_of_packets(const uint8_t *p, ssize_t n)
{
	static const uint8_t magics[][4] = {{0xd4, 0xc3, 0xb2, 0xa1},
					    {0xa1, 0xb2, 0xc3, 0xd4},
					    {0x4d, 0x3c, 0xb2, 0xa1},
					    {0x0a, 0x0d, 0x0d, 0x0a}};

	for (size_t i = 0; n >= 4 && i < sizeof(magics) / sizeof(magics[0]); i++)
		if (memcmp(p, magics[i], 4) == 0)
			fputs("poisonframe: this looks like a file of packets (pcap), not like what one side "
			      "of a connection wrote: tcpflow or tshark make streams of it\n",
			      stderr);
}

/* False: it cannot be read, errno says why. */
static bool scan_file(int fd, struct scan *scan, struct show *show)
{
	static uint8_t buffer[BUFFER];
	size_t have = 0, used;
	bool last = false;

	while (!last && !scan_is_over(scan)) {
		size_t least = have < SCAN_HEAD_MAX ? SCAN_HEAD_MAX : have + 1;
		ssize_t n = fill(fd, buffer, have, least);

		if (n < 0)
			return false;
		if (scan->offset == 0)
			warn_of_packets(buffer, n);
		last = (size_t)n < least;
		have = (size_t)n;
		used = scan_feed(scan, buffer, have, last, show_message, show);
		have -= used;
		memmove(buffer, buffer + used, have);
	}
	scan_finish(scan);
	return true;
}

static int status(const struct scan *scan)
{
	if (fflush(stdout) != 0 || ferror(stdout))
		return complain("standard output", strerror(errno));
	return scan->end == SCAN_DESYNC ? NOT_THAT_FRAMING : FOUND;
}

static int run(const struct profile *profile, const char *path, struct show *show)
{
	bool is_stdin = strcmp(path, "-") == 0;
	int fd = is_stdin ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
	struct scan scan;

	if (fd < 0)
		return complain(path, strerror(errno));
	scan_begin(&scan, profile->framing, show->server);
	show_begin(show);
	if (!scan_file(fd, &scan, show)) {
		int error = errno;

		fflush(stdout);
		return complain(is_stdin ? "standard input" : path, strerror(error));
	}
	show_end(show, &scan);
	return status(&scan);
}

static int try_help(void)
{
	fputs("poisonframe --help says more\n", stderr);
	return USAGE;
}

/* Reads the options; returns the exit status, or -1 to go on. */
static int parse_options(int argc, char **argv, struct show *show, enum role *role)
{
	static const struct option options[] = {
	    {"json", no_argument, NULL, 'j'},	    {"quiet", no_argument, NULL, 'q'},
	    {"role", required_argument, NULL, 'r'}, {"help", no_argument, NULL, 'h'},
	    {"version", no_argument, NULL, 'V'},    {NULL, 0, NULL, 0},
	};

	for (int option; (option = getopt_long(argc, argv, "jqr:hV", options, NULL)) != -1;)
		switch (option) {
		case 'j':
			show->json = true;
			break;
		case 'q':
			show->quiet = true;
			break;
		case 'r':
			if (!parse_role(optarg, role))
				return complain(optarg, "expected a role: client or server");
			break;
		case 'h':
			return fputs(usage_text, stdout) < 0 ? USAGE : FOUND;
		case 'V':
			return puts("poisonframe " POISONSHIM_VERSION) < 0 ? USAGE : FOUND;
		default:
			return try_help();
		}
	return -1;
}

int main(int argc, char **argv)
{
	struct show show = {0};
	enum role role = ROLE_FROM_ENDPOINT;
	int done = parse_options(argc, argv, &show, &role);
	const struct profile *profile;

	if (done >= 0)
		return done;
	if (argc - optind < 1 || argc - optind > 2) {
		complain("arguments", "expected a framing, and maybe a file");
		return try_help();
	}
	profile = parse_framing(argv[optind]);
	if (!profile)
		return USAGE;
	show.framing = argv[optind];
	show.server = (role == ROLE_FROM_ENDPOINT ? profile->role : role) == ROLE_SERVER;
	return run(profile, argc - optind == 2 ? argv[optind + 1] : "-", &show);
}
