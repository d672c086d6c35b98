/* poisonframe(1): the boundaries that a framing finds in a captured stream. */

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../config_parts.h"
#include "../line.h"
#include "../version.h"
#include "message_type.h"

#define BLOCK 65536
#define SHOWN 16

enum { FITS, DOES_NOT_FIT, USAGE };

static const char help[] =
    "usage: poisonframe [--json] [--role client|server] FRAMING[,OPTION...] [FILE]\n"
    "\n"
    "Shows the boundaries that a framing of poisonshim finds in FILE (or standard input),\n"
    "the bytes that one side of a connection wrote: offset, length and type of each message.\n"
    "\n"
    "  -j, --json      one JSON object a line\n"
    "  -r, --role      which side wrote the bytes; as the option role= (default: client)\n"
    "  -h, --help      this text\n"
    "  -V, --version   the version\n"
    "\n"
    "Exit status: 0 the bytes fit, 1 they cannot be the framing, 2 usage, framing or file.\n"
    "FRAMING and OPTION: poisonshim-framing(7).\n";

/* One side of a connection on its way through the framing. */
struct walk {
	const struct framing *framing;
	struct framing_state state;
	bool json;
	uint64_t offset; /* of the next byte */
	uint64_t start;	 /* of the current message */
	const char *protocol;
	uint8_t head[MESSAGE_HEAD];
	size_t have;
	uint64_t messages;
};

static void show_message(const struct walk *walk, uint64_t end)
{
	char type[MESSAGE_TYPE_MAX], quoted[6 * MESSAGE_TYPE_MAX];
	struct line line = line_in(quoted, sizeof(quoted) - 1);

	message_type(type, walk->protocol, walk->state.server, walk->head, walk->have);
	if (!walk->json) {
		printf("%12" PRIu64 " %12" PRIu64 "  %s\n", walk->start, end - walk->start, type);
		return;
	}
	line_json(&line, type, strlen(type));
	quoted[line.length] = '\0';
	printf("{\"offset\": %" PRIu64 ", \"length\": %" PRIu64 ", \"type\": \"%s\"}\n", walk->start,
	       end - walk->start, quoted);
}

static void begin_message(struct walk *walk)
{
	walk->start = walk->offset;
	walk->have = 0;
}

static void keep_head(struct walk *walk, const uint8_t *p, size_t n)
{
	size_t take = n < MESSAGE_HEAD - walk->have ? n : MESSAGE_HEAD - walk->have;

	memcpy(walk->head + walk->have, p, take);
	walk->have += take;
}

static void end_message(struct walk *walk)
{
	show_message(walk, walk->offset);
	walk->messages++;
	begin_message(walk);
}

/* Up to the next boundary. Nothing is consumed where the last byte before turns out to have been one. */
static size_t step(struct walk *walk, const uint8_t *p, size_t n)
{
	uint32_t before = walk->state.messages;
	size_t used;

	if (walk->have == 0)
		walk->protocol = framing_protocol(walk->framing, &walk->state);
	used = framing_advance(walk->framing, &walk->state, p, n, n);
	if (walk->state.desync)
		return 0;
	keep_head(walk, p, used);
	walk->offset += used;
	if (walk->state.messages != before)
		end_message(walk);
	return used;
}

static void show_desync(const struct walk *walk, const uint8_t *p, size_t n)
{
	char hex[3 * SHOWN + 1], name[2 * FRAMING_NAME_MAX];
	struct line line = line_in(hex, sizeof(hex) - 1), quoted = line_in(name, sizeof(name) - 1);
	const char *framing = framing_recognised(walk->framing, &walk->state);

	line_hex_bytes(&line, p, n < SHOWN ? n : SHOWN, " ");
	hex[line.length] = '\0';
	line_json(&quoted, framing, strlen(framing));
	name[quoted.length] = '\0';
	if (walk->json)
		printf("{\"desync\": %" PRIu64 ", \"message\": %" PRIu64
		       ", \"bytes\": \"%s\", \"framing\": \"%s\"}\n",
		       walk->offset, walk->start, hex, name);
	else
		printf("desync in the message at offset %" PRIu64 ": the bytes from %" PRIu64
		       " on, %s, cannot be %s\n",
		       walk->start, walk->offset, hex, framing);
}

/* True if the bytes fit. */
static bool feed(struct walk *walk, const uint8_t *p, size_t n)
{
	while (n) {
		size_t used = step(walk, p, n);

		if (walk->state.desync) {
			show_desync(walk, p, n);
			return false;
		}
		p += used;
		n -= used;
	}
	return true;
}

static void show_end(const struct walk *walk)
{
	uint64_t cut = walk->state.inside ? walk->offset - walk->start : 0;
	uint64_t length = framing_message_length(&walk->state);
	const char *framing = framing_recognised(walk->framing, &walk->state);

	if (walk->json) {
		printf("{\"messages\": %" PRIu64 ", \"bytes\": %" PRIu64 ", \"cut\": %" PRIu64
		       ", \"of\": %" PRIu64 "}\n",
		       walk->messages, walk->offset, cut, length);
		return;
	}
	printf("%" PRIu64 " message%s, %" PRIu64 " bytes, %s\n", walk->messages,
	       walk->messages == 1 ? "" : "s", walk->offset, framing);
	if (cut && framing_is_open_ended(walk->framing, &walk->state))
		printf("the last message, %" PRIu64 " bytes so far, ends with the connection\n", cut);
	else if (cut && length)
		printf("ends inside a message: %" PRIu64 " of %" PRIu64 " bytes\n", cut, length);
	else if (cut)
		printf("ends inside a message: %" PRIu64 " bytes, length not known\n", cut);
}

static int complain(const char *what, const char *why)
{
	fprintf(stderr, "poisonframe: %s: %s\n", what, why);
	return USAGE;
}

/* Fills the block as far as the file has bytes; -1 and errno. */
static ssize_t read_block(int fd, uint8_t *block)
{
	size_t length = 0;
	ssize_t got = 1;

	while (length < BLOCK && got > 0) {
		got = read(fd, block + length, BLOCK - length);
		if (got < 0 && errno != EINTR)
			return -1;
		length += got > 0 ? (size_t)got : 0;
		got = got < 0 ? 1 : got;
	}
	return (ssize_t)length;
}

/* `auto` is what the first block says; what it is then is looked at from its first byte. */
static bool settle_auto(struct walk *walk, struct framing *framing, const uint8_t *block, size_t n)
{
	struct framing_state state = walk->state;
	struct parse parse;
	const char *name;

	if (!framing_is_undecided(framing, &state))
		return true;
	framing_feed(framing, &state, block, n, n);
	name = framing_recognised(framing, &state);
	if (framing_is_call(framing, &state) || framing_is_undecided(framing, &state))
		return false;
	walk->state.server = state.server;
	parse = parse_text(name, strlen(name));
	return framing_parse(&parse, framing);
}

static int walk_file(struct walk *walk, struct framing *framing, int fd, const char *path)
{
	static uint8_t block[BLOCK];
	ssize_t n = read_block(fd, block);

	if (n > 0 && !settle_auto(walk, framing, block, (size_t)n))
		return complain(
		    "auto",
		    "no protocol recognised: every write call is a message, and a capture does not tell "
		    "where calls end");
	for (; n > 0; n = read_block(fd, block))
		if (!feed(walk, block, (size_t)n))
			return DOES_NOT_FIT;
	if (n < 0)
		return complain(path, strerror(errno));
	show_end(walk);
	return fflush(stdout) ? complain("standard output", strerror(errno)) : FITS;
}

/* The last stage decides: what came before it has messages of its own. */
static const char *why_no_boundaries(const struct framing *framing)
{
	const struct framing *last = &framing[framing->stages - 1];

	if (last->class == &framing_call)
		return "every write call is a message, and a capture does not tell where calls end";
	if (last->class == &framing_off)
		return "there are no messages";
	if (last->class == &framing_auto && framing->stages > 1)
		return "auto behind another stage: name what it should find";
	return NULL;
}

static int parse_framing(const char *text, struct rules *rules)
{
	static const struct place place = {.variable = "FRAMING"};
	const struct profile defaults = {0};
	struct parse parse = parse_text(text, strlen(text));
	struct config_error error;

	if (rules_parse_framing(&parse, rules, &defaults))
		return FITS;
	config_error_parse(&error, &place, &parse);
	fprintf(stderr, "poisonframe: %s\n", error.text + strlen(CONFIG_PREFIX));
	return USAGE;
}

static int open_input(const char *path)
{
	return path ? open(path, O_RDONLY | O_CLOEXEC) : STDIN_FILENO;
}

static int show(const char *text, const char *path, bool json, bool server)
{
	static struct rules rules;
	struct walk walk = {.json = json};
	struct profile *profile = &rules.rule[0].profile;
	const char *why;
	int fd;

	if (parse_framing(text, &rules) != FITS)
		return USAGE;
	why = why_no_boundaries(profile->framing);
	if (why)
		return complain(text, why);
	walk.framing = profile->framing;
	walk.state.server = profile->role == ROLE_FROM_ENDPOINT ? server : profile->role == ROLE_SERVER;
	fd = open_input(path);
	if (fd < 0)
		return complain(path, strerror(errno));
	return walk_file(&walk, profile->framing, fd, path ? path : "standard input");
}

static int usage(void)
{
	fputs(help, stderr);
	return USAGE;
}

int main(int argc, char **argv)
{
	static const struct option options[] = {
	    {"json", no_argument, NULL, 'j'},
	    {"role", required_argument, NULL, 'r'},
	    {"help", no_argument, NULL, 'h'},
	    {"version", no_argument, NULL, 'V'},
	    {NULL, 0, NULL, 0},
	};
	bool json = false, server = false;
	int option;

	while ((option = getopt_long(argc, argv, "jr:hV", options, NULL)) != -1)
		switch (option) {
		case 'j':
			json = true;
			break;
		case 'r':
			server = strcmp(optarg, "server") == 0;
			if (!server && strcmp(optarg, "client") != 0)
				return complain(optarg, "expected client or server");
			break;
		case 'h':
			fputs(help, stdout);
			return FITS;
		case 'V':
			puts("poisonframe " POISONSHIM_VERSION);
			return FITS;
		default:
			return usage();
		}
	if (argc - optind < 1 || argc - optind > 2)
		return usage();
	return show(argv[optind], argv[optind + 1], json, server);
}
