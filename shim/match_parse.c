#include "match.h"

#include <arpa/inet.h>
#include <limits.h>
#include <string.h>
#include <sys/un.h>

#define PORT_MAX 65535
#define PATH_BYTES sizeof(((struct sockaddr_un *)0)->sun_path)

static const char expected_match[] = "a match: port:, peer:, local:, unix:, fd:, type: or *";
static const char expected_address[] = "a numeric address: 10.0.0.1, [::1] or a vsock CID";
static const char expected_port[] = "a port from 0 to 65535";

/* num ["-" num] */
static bool parse_range(struct parse *parse, uint32_t high, struct range *range, const char *expected)
{
	uint64_t first, last;

	if (!parse_number(parse, 0, high, false, &first, expected))
		return false;
	last = first;
	if (parse_skip(parse, "-")) {
		const char *at = parse->at;

		if (!parse_number(parse, 0, high, false, &last, expected))
			return false;
		if (last < first)
			return parse_fail_at(parse, at, "an end of the range that is not below its start");
	}
	*range = (struct range){(uint32_t)first, (uint32_t)last};
	return true;
}

/* range *("/" range) */
static bool parse_set(struct parse *parse, uint32_t high, struct match *match, const char *expected)
{
	do {
		if (match->ranges == RANGES_MAX)
			return parse_fail(parse, "at most 16 numbers and ranges in one match");
		if (!parse_range(parse, high, &match->range[match->ranges], expected))
			return false;
		match->ranges++;
	} while (parse_skip(parse, "/"));
	return true;
}

/* How many bytes stand at the cursor before the first of `stops`. */
static size_t span(const struct parse *parse, const char *stops)
{
	const char *at = parse->at;

	while (at < parse->end && (*at == '\0' || !strchr(stops, *at)))
		at++;
	return (size_t)(at - parse->at);
}

/* The n bytes at `address`, which the cursor then stands behind; an IPv4 address becomes ::ffff:a.b.c.d. */
static bool parse_ip(struct parse *parse, const char *address, size_t n, int family, struct match *match)
{
	char text[INET6_ADDRSTRLEN];

	if (n >= sizeof(text))
		return parse_fail(parse, expected_address);
	memcpy(text, address, n);
	text[n] = '\0';
	if (family == AF_INET)
		match->host[10] = match->host[11] = 0xff;
	if (inet_pton(family, text, match->host + (family == AF_INET ? 12 : 0)) != 1)
		return parse_fail(parse, expected_address);
	parse->at = address + n;
	return true;
}

static bool parse_cid(struct parse *parse, struct match *match)
{
	uint64_t cid;

	if (!parse_number(parse, 0, UINT32_MAX, false, &cid, expected_address))
		return false;
	match->host_is_cid = true;
	for (unsigned i = 0; i < 4; i++)
		match->host[15 - i] = (uint8_t)(cid >> 8 * i);
	return true;
}

static bool parse_bracketed(struct parse *parse, struct match *match)
{
	const char *address = parse->at + 1;

	return parse_ip(parse, address, span(parse, "]") - 1, AF_INET6, match) &&
	       parse_need(parse, "]", "\"]\" behind the IPv6 address");
}

static bool all_digits(const struct parse *parse, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (parse->at[i] < '0' || parse->at[i] > '9')
			return false;
	return n > 0;
}

static bool parse_host(struct parse *parse, struct match *match)
{
	size_t n = span(parse, ":+=,;\n");

	match->has_host = true;
	if (parse->at < parse->end && *parse->at == '[')
		return parse_bracketed(parse, match);
	if (all_digits(parse, n))
		return parse_cid(parse, match);
	return parse_ip(parse, parse->at, n, AF_INET, match);
}

/* Something that no set of ports can be: a bracket, a dot or a letter, or a colon behind it. */
static bool host_stands(const struct parse *parse)
{
	size_t n = span(parse, ":+=,;\n");

	return (n < (size_t)(parse->end - parse->at) && parse->at[n] == ':') || span(parse, "[.") < n ||
	       (n > 0 && ((*parse->at | 0x20) >= 'a' && (*parse->at | 0x20) <= 'z'));
}

/* [host ":"] set */
static bool parse_address(struct parse *parse, struct match *match)
{
	if (!host_stands(parse))
		return parse_set(parse, PORT_MAX, match, "a port from 0 to 65535, or ADDRESS:PORT");
	return parse_host(parse, match) && parse_need(parse, ":", "\":\" and a port behind the address") &&
	       (match->host_is_cid ? parse_set(parse, UINT32_MAX, match, "a vsock port from 0 to 4294967295")
				   : parse_set(parse, PORT_MAX, match, expected_port));
}

/* Writes one byte of a name; `literal` keeps *, ? and @ from having a meaning. Returns the place behind it.
 */
static char *add_to_glob(char *glob, char byte, bool literal)
{
	if (byte == '\\' || (literal && (byte == '*' || byte == '?' || byte == '@')))
		*glob++ = '\\';
	*glob++ = byte;
	return glob;
}

/* %XX; a NUL byte cannot stand in a struct match. */
static bool parse_escape(struct parse *parse, char *byte)
{
	struct parse two = parse_text(parse->at, (size_t)(parse->end - parse->at) < 2 ? 0 : 2);
	size_t n;

	if (!parse_hex_bytes(&two, (uint8_t *)byte, 1, &n, "") || *byte == '\0')
		return parse_fail(parse, "two hexadecimal digits from 01 to ff behind \"%\"");
	parse->at += 2;
	return true;
}

static bool parse_glob(struct parse *parse, struct match *match)
{
	char *glob = match->glob;
	unsigned n = 0;

	for (; span(parse, "+=;\n") > 0; n++) {
		char byte = *parse->at;
		bool literal = byte == '%';

		if (n == PATH_BYTES || byte == '\0')
			return parse_fail(parse, "a path of at most 108 bytes");
		parse->at++;
		if (literal && !parse_escape(parse, &byte))
			return false;
		glob = add_to_glob(glob, byte, literal);
	}
	return n > 0 ||
	       parse_fail(parse, "a path, or \"@\" and an abstract name; *, ? and %XX may stand in it");
}

static bool parse_type(struct parse *parse, struct match *match)
{
	static const struct {
		const char *word;
		uint32_t types;
	} types[] = {
	    {"tcp", 1U << ENDPOINT_TCP},
	    {"unix", 1U << ENDPOINT_UNIX},
	    {"vsock", 1U << ENDPOINT_VSOCK},
	    {"pipe", 1U << ENDPOINT_PIPE},
	    {"any", 1U << ENDPOINT_TCP | 1U << ENDPOINT_UNIX | 1U << ENDPOINT_VSOCK | 1U << ENDPOINT_PIPE},
	};

	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		if (parse_skip_word(parse, types[i].word)) {
			match->types = types[i].types;
			return true;
		}
	return parse_fail(parse, "tcp, unix, vsock, pipe or any");
}

static bool parse_ports(struct parse *parse, struct match *match)
{
	return parse_set(parse, PORT_MAX, match, expected_port);
}

static bool parse_fds(struct parse *parse, struct match *match)
{
	return parse_set(parse, INT_MAX, match, "an fd number");
}

static bool parse_nothing(struct parse *parse, struct match *match)
{
	(void)parse;
	(void)match;
	return true;
}

bool match_parse(struct parse *parse, struct match *match)
{
	static const struct {
		const char *lead;
		enum match_kind kind;
		bool (*parse)(struct parse *, struct match *);
	} kinds[] = {
	    {"port:", MATCH_PORT, parse_ports},	    {"peer:", MATCH_PEER, parse_address},
	    {"local:", MATCH_LOCAL, parse_address}, {"unix:", MATCH_UNIX, parse_glob},
	    {"fd:", MATCH_FD, parse_fds},	    {"type:", MATCH_TYPE, parse_type},
	    {"*", MATCH_ANY, parse_nothing},
	};

	*match = (struct match){.negated = parse_skip(parse, "!")};
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (parse_skip(parse, kinds[i].lead)) {
			match->kind = kinds[i].kind;
			return kinds[i].parse(parse, match);
		}
	return parse_fail(parse, expected_match);
}
