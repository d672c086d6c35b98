#include "syntax.h"

/*
 * delimiter *("|" delimiter), each 1 to 24 bytes, at most 8 of them. Every byte stands for itself, but for
 *
 *	\r \n \t \0	carriage return, line feed, tab, the byte 0
 *	\xHH		the byte with that hexadecimal value
 *	\\ \| \) \, \;	the character itself, which would otherwise mean something to the configuration
 */

static const char expected_delimiter[] = "a delimiter of 1 to 24 bytes; special ones are written "
					 "\\r \\n \\t \\0 \\xHH \\\\ \\| \\) \\, \\;";

static bool is_plain(char c)
{
	return c != '\\' && c != '|' && c != ')' && c != ',' && c != ';' && c != '\n';
}

/* What a character behind a backslash means. */
static bool unescape(char c, uint8_t *byte)
{
	static const char escapes[] = "r\rn\nt\t0\0\\\\||)),,;;";

	for (size_t i = 0; i + 1 < sizeof(escapes); i += 2)
		if (escapes[i] == c) {
			*byte = (uint8_t)escapes[i + 1];
			return true;
		}
	return false;
}

static bool parse_hex_byte(struct parse *parse, uint8_t *byte)
{
	struct parse two = *parse;
	size_t count;

	if (two.end - two.at > 2)
		two.end = two.at + 2;
	if (!parse_hex_bytes(&two, byte, 1, &count, expected_delimiter)) {
		parse->at = two.at;
		return parse_fail(parse, "two hexadecimal digits");
	}
	parse->at = two.at;
	return true;
}

static bool parse_byte(struct parse *parse, uint8_t *byte)
{
	if (parse_skip(parse, "\\x"))
		return parse_hex_byte(parse, byte);
	if (parse_skip(parse, "\\")) {
		if (parse_at_end(parse) || !unescape(*parse->at, byte))
			return parse_fail(parse, "one of r n t 0 xHH \\ | ) , ; behind the backslash");
	} else {
		if (parse_at_end(parse) || !is_plain(*parse->at))
			return parse_fail(parse, expected_delimiter);
		*byte = (uint8_t)*parse->at;
	}
	parse->at++;
	return true;
}

static bool ends_delimiter(const struct parse *parse)
{
	return !parse_at_end(parse) && (*parse->at == '|' || *parse->at == ')');
}

static bool parse_delimiter(struct parse *parse, struct delimiters *delimiters)
{
	unsigned i = delimiters->count;
	uint8_t length = 0;

	if (i == FRAMING_DELIMITERS_MAX)
		return parse_fail(parse, "at most 8 delimiters");
	do {
		if (length == FRAMING_HEAD_MAX || (length && parse_at_end(parse)))
			return parse_fail(parse, "\"|\" or \")\" behind a delimiter of at most 24 bytes");
		if (!parse_byte(parse, &delimiters->bytes[i][length]))
			return false;
		length++;
	} while (!ends_delimiter(parse));
	delimiters->length[i] = length;
	delimiters->count++;
	return true;
}

bool delimiters_parse(struct parse *parse, struct framing *framing)
{
	framing->class = &framing_delimiter;
	do {
		if (!parse_delimiter(parse, &framing->delimiter))
			return false;
	} while (parse_skip(parse, "|"));
	return true;
}
