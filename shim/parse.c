#include "parse.h"

#include <string.h>

struct parse parse_text(const char *text, size_t length)
{
	return (struct parse){.start = text, .at = text, .end = text + length};
}

bool parse_fail(struct parse *parse, const char *expected)
{
	if (!parse->expected)
		parse->expected = expected;
	return false;
}

bool parse_fail_at(struct parse *parse, const char *at, const char *expected)
{
	if (!parse->expected)
		parse->at = at;
	return parse_fail(parse, expected);
}

static size_t left(const struct parse *parse)
{
	return (size_t)(parse->end - parse->at);
}

bool parse_ahead(const struct parse *parse, const char *literal)
{
	size_t length = strlen(literal);

	return left(parse) >= length && memcmp(parse->at, literal, length) == 0;
}

bool parse_skip(struct parse *parse, const char *literal)
{
	if (!parse_ahead(parse, literal))
		return false;
	parse->at += strlen(literal);
	return true;
}

bool parse_need(struct parse *parse, const char *literal, const char *expected)
{
	return parse_skip(parse, literal) || parse_fail(parse, expected);
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_word(char c)
{
	return (c >= 'a' && c <= 'z') || is_digit(c) || c == '_' || c == '-';
}

size_t parse_word_length(const struct parse *parse)
{
	size_t length = 0;

	while (length < left(parse) && is_word(parse->at[length]))
		length++;
	return length;
}

bool parse_skip_word(struct parse *parse, const char *word)
{
	size_t length = strlen(word);

	if (parse_word_length(parse) != length || memcmp(parse->at, word, length) != 0)
		return false;
	parse->at += length;
	return true;
}

/* One or more digits; false without moving if there are none or the value needs more than 64 bits. */
static bool digits(struct parse *parse, uint64_t *out)
{
	const char *at = parse->at;
	uint64_t value = 0;

	for (; at < parse->end && is_digit(*at); at++)
		if (__builtin_mul_overflow(value, 10, &value) ||
		    __builtin_add_overflow(value, (uint64_t)(*at - '0'), &value))
			return false;
	if (at == parse->at)
		return false;
	parse->at = at;
	*out = value;
	return true;
}

static unsigned unit_shift(struct parse *parse)
{
	static const char units[] = "kMG";

	for (unsigned i = 0; units[i]; i++)
		if (!parse_at_end(parse) && *parse->at == units[i]) {
			parse->at++;
			return 10 * (i + 1);
		}
	return 0;
}

bool parse_number(struct parse *parse, uint64_t low, uint64_t high, bool units, uint64_t *out,
		  const char *expected)
{
	const char *at = parse->at;
	unsigned shift = 0;
	uint64_t value;

	if (!digits(parse, &value))
		return parse_fail(parse, expected);
	if (units)
		shift = unit_shift(parse);
	if (value > UINT64_MAX >> shift || value << shift < low || value << shift > high)
		return parse_fail_at(parse, at, expected);
	*out = value << shift;
	return true;
}

bool parse_integer(struct parse *parse, int64_t *out, const char *expected)
{
	const char *at = parse->at;
	bool negative = parse_skip(parse, "-");
	uint64_t value;

	if (!digits(parse, &value) || value > (uint64_t)INT32_MAX + negative)
		return parse_fail_at(parse, at, expected);
	*out = negative ? -(int64_t)value : (int64_t)value;
	return true;
}

/* The value of a hexadecimal digit, or -1. */
static int nibble(const struct parse *parse, size_t at)
{
	char c;

	if (at >= left(parse))
		return -1;
	c = parse->at[at];
	if (is_digit(c))
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

bool parse_hex_bytes(struct parse *parse, uint8_t *bytes, size_t size, size_t *count, const char *expected)
{
	const char *at = parse->at;
	size_t n = 0;

	for (; nibble(parse, 0) >= 0; parse->at += 2) {
		if (n == size || nibble(parse, 1) < 0)
			return parse_fail_at(parse, n == size ? at : parse->at + 1, expected);
		bytes[n++] = (uint8_t)(nibble(parse, 0) * 16 + nibble(parse, 1));
	}
	if (n == 0)
		return parse_fail(parse, expected);
	*count = n;
	return true;
}

bool parse_hex_number(struct parse *parse, uint64_t *out, const char *expected)
{
	const char *at = parse->at;
	uint64_t value = 0;

	parse_skip(parse, "0x");
	if (nibble(parse, 0) < 0)
		return parse_fail_at(parse, at, expected);
	for (; nibble(parse, 0) >= 0; parse->at++) {
		if (value >> 60)
			return parse_fail_at(parse, at, expected);
		value = value << 4 | (uint64_t)nibble(parse, 0);
	}
	*out = value;
	return true;
}

bool parse_at_end(const struct parse *parse)
{
	return parse->at == parse->end;
}
