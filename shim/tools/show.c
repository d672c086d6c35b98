#include "show.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "../line.h"
#include "types.h"

#define COLUMNS "%14" PRIu64 "%14" PRIu64 "  "

static const char *const end_words[] = {
    [SCAN_BOUNDARY] = "boundary", [SCAN_INSIDE] = "inside",	[SCAN_OPEN_ENDED] = "open-ended",
    [SCAN_DESYNC] = "desync",	  [SCAN_UNFRAMED] = "unframed",
};

static const char *plural(uint64_t n)
{
	return n == 1 ? "" : "s";
}

void show_begin(const struct show *show)
{
	if (!show->json && !show->quiet)
		printf("%14s%14s  %s\n", "offset", "length", "type");
}

/* The inside of a JSON string, and the quotes around it. */
static void print_json(const char *text)
{
	char buffer[1024];
	struct line line = line_in(buffer, sizeof(buffer));

	line_json(&line, text, strlen(text));
	printf("\"%.*s\"", (int)line.length, line.text);
}

static void print_protocol(const struct scan *scan)
{
	fputs("\"protocol\":", stdout);
	if (scan->protocol)
		print_json(scan->protocol);
	else
		fputs("null", stdout);
}

static void type_of_scanned(const struct scan *scan, const struct show *show, char type[TYPE_MAX])
{
	const struct message message = {.protocol = scan->protocol,
					.server = show->server,
					.first = scan->first,
					.length = scan->offset - scan->start,
					.head = scan->head,
					.have = scan->have};

	type_of(&message, type);
}

void show_message(const struct scan *scan, void *context)
{
	const struct show *show = context;
	uint64_t length = scan->offset - scan->start;
	char type[TYPE_MAX];

	if (show->quiet)
		return;
	type_of_scanned(scan, show, type);
	if (!show->json) {
		printf(COLUMNS "%s%s%s\n", scan->start, length, scan->switched ? scan->protocol : "",
		       scan->switched ? " " : "", type);
		return;
	}
	printf("{\"event\":\"message\",\"offset\":%" PRIu64 ",\"length\":%" PRIu64 ",", scan->start, length);
	print_protocol(scan);
	printf(",\"type\":\"%s\"}\n", type);
}

static void print_hex(const uint8_t *bytes, size_t n, const char *between)
{
	char buffer[3 * SCAN_SHOWN];
	struct line line = line_in(buffer, sizeof(buffer));

	line_hex_bytes(&line, bytes, n < SCAN_SHOWN ? n : SCAN_SHOWN, between);
	printf("%.*s", (int)line.length, line.text);
}

/* A frame's length; more frames may follow. */
static uint64_t known_length(const struct scan *scan)
{
	return framing_message_length(&scan->state);
}

static void inside_as_json(const struct scan *scan)
{
	printf("{\"event\":\"%s\",\"offset\":%" PRIu64 ",\"sent\":%" PRIu64 ",\"length\":",
	       end_words[scan->end], scan->start, scan->offset - scan->start);
	if (known_length(scan))
		printf("%" PRIu64 ",", known_length(scan));
	else
		fputs("null,", stdout);
	print_protocol(scan);
	puts("}");
}

static void inside_as_text(const struct scan *scan)
{
	uint64_t sent = scan->offset - scan->start;

	printf("ends inside a message: it begins at offset %" PRIu64 ", and %" PRIu64, scan->start, sent);
	if (known_length(scan))
		printf(" of %s%" PRIu64 " bytes are there\n", scan->state.more ? "at least " : "",
		       known_length(scan));
	else if (scan->end == SCAN_OPEN_ENDED)
		printf(" byte%s of it are there; the end of the stream ends it\n", plural(sent));
	else
		printf(" byte%s of it %s there; its length is not known yet\n", plural(sent),
		       sent == 1 ? "is" : "are");
}

static const char *name(const struct show *show, const struct scan *scan)
{
	return scan->switched && scan->protocol ? scan->protocol : show->framing;
}

static void desync_as_json(const struct show *show, const struct scan *scan)
{
	printf("{\"event\":\"desync\",\"offset\":%" PRIu64 ",\"bytes\":\"", scan->offset);
	print_hex(scan->found, scan->found_length, "");
	printf("\",\"message\":%" PRIu64 ",\"begins\":\"", scan->start);
	print_hex(scan->head, scan->have, "");
	fputs("\",\"framing\":", stdout);
	print_json(name(show, scan));
	puts("}");
}

static void desync_as_text(const struct show *show, const struct scan *scan)
{
	printf("desync: this cannot be %s: found at offset %" PRIu64 " ", name(show, scan), scan->offset);
	print_hex(scan->found, scan->found_length, " ");
	if (scan->offset != scan->start) {
		printf(", in the message that begins at offset %" PRIu64 " with ", scan->start);
		print_hex(scan->head, scan->have, " ");
	}
	putchar('\n');
}

static void unframed_as_text(const struct scan *scan)
{
	const char *protocol = framing_protocol(scan->framing, &scan->state);

	if (framing_is_undecided(scan->framing, &scan->state))
		printf("from offset %" PRIu64 " on: auto recognises nothing for certain, so every write call "
		       "is a message\n",
		       scan->offset);
	else if (protocol && strcmp(protocol, "off") == 0)
		printf("from offset %" PRIu64 " on: off has no messages\n", scan->offset);
	else
		printf("from offset %" PRIu64 " on: every write call is a message\n", scan->offset);
	if (!protocol || strcmp(protocol, "off") != 0)
		puts("a capture does not show where calls end: call has no boundaries in it");
}

static void end_as_json(const struct show *show, const struct scan *scan)
{
	switch (scan->end) {
	case SCAN_INSIDE:
	case SCAN_OPEN_ENDED:
		inside_as_json(scan);
		break;
	case SCAN_DESYNC:
		desync_as_json(show, scan);
		break;
	case SCAN_UNFRAMED:
		printf("{\"event\":\"unframed\",\"offset\":%" PRIu64 "}\n", scan->offset);
		break;
	case SCAN_BOUNDARY:
		break;
	}
	fputs("{\"event\":\"summary\",\"framing\":", stdout);
	print_json(show->framing);
	printf(",\"role\":\"%s\",\"length\":%" PRIu64 ",\"messages\":%" PRIu64 ",\"longest\":%" PRIu64
	       ",\"end\":\"%s\"}\n",
	       show->server ? "server" : "client", scan->offset, scan->messages, scan->longest,
	       end_words[scan->end]);
}

static void end_as_text(const struct show *show, const struct scan *scan)
{
	switch (scan->end) {
	case SCAN_INSIDE:
	case SCAN_OPEN_ENDED:
		inside_as_text(scan);
		break;
	case SCAN_DESYNC:
		desync_as_text(show, scan);
		break;
	case SCAN_UNFRAMED:
		unframed_as_text(scan);
		break;
	case SCAN_BOUNDARY:
		break;
	}
	printf("%" PRIu64 " message%s in %" PRIu64 " byte%s, framing %s, role %s", scan->messages,
	       plural(scan->messages), scan->offset, plural(scan->offset), show->framing,
	       show->server ? "server" : "client");
	if (scan->messages)
		printf("; the longest has %" PRIu64 " byte%s, at offset %" PRIu64, scan->longest,
		       plural(scan->longest), scan->longest_at);
	puts(scan->end == SCAN_BOUNDARY ? "; ends at a boundary" : "");
}

void show_end(const struct show *show, const struct scan *scan)
{
	if (show->json)
		end_as_json(show, scan);
	else
		end_as_text(show, scan);
}
