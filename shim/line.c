#include "line.h"

#include <string.h>

static const char hex_digits[] = "0123456789abcdef";

struct line line_in(char *buffer, size_t size)
{
	return (struct line){.text = buffer, .size = size};
}

void line_bytes(struct line *line, const char *bytes, size_t n)
{
	if (line->full || n > line->size - line->length) {
		line->full = true;
		return;
	}
	memcpy(line->text + line->length, bytes, n);
	line->length += n;
}

void line_text(struct line *line, const char *text)
{
	line_bytes(line, text, strlen(text));
}

void line_digits(struct line *line, uint64_t number, unsigned width)
{
	char digits[20];

	for (unsigned i = width; i > 0; i--, number /= 10)
		digits[i - 1] = hex_digits[number % 10];
	line_bytes(line, digits, width);
}

void line_number(struct line *line, uint64_t number)
{
	unsigned width = 1;

	for (uint64_t rest = number; rest >= 10; rest /= 10)
		width++;
	line_digits(line, number, width);
}

void line_hex(struct line *line, uint32_t number)
{
	char digits[8];
	unsigned at = sizeof(digits);

	do {
		digits[--at] = hex_digits[number % 16];
		number /= 16;
	} while (number);
	line_bytes(line, digits + at, sizeof(digits) - at);
}

void line_hex_bytes(struct line *line, const uint8_t *bytes, size_t n, const char *between)
{
	for (size_t i = 0; i < n; i++) {
		if (i > 0)
			line_text(line, between);
		line_bytes(line, (char[]){hex_digits[bytes[i] >> 4], hex_digits[bytes[i] & 15]}, 2);
	}
}

/* A byte as `lead` and two hexadecimal digits, in one piece. */
static void hex_escape(struct line *line, const char *lead, uint8_t byte)
{
	char escape[8];
	size_t n = strlen(lead);

	memcpy(escape, lead, n);
	escape[n] = hex_digits[byte >> 4];
	escape[n + 1] = hex_digits[byte & 15];
	line_bytes(line, escape, n + 2);
}

void line_printable(struct line *line, const char *bytes, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (bytes[i] >= ' ' && bytes[i] <= '~')
			line_bytes(line, bytes + i, 1);
		else
			hex_escape(line, "\\x", (uint8_t)bytes[i]);
	}
}

void line_quoted(struct line *line, const char *bytes, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (bytes[i] == '\n')
			line_text(line, "\\n");
		else if (bytes[i] == '\\' || bytes[i] == '"')
			line_bytes(line, (char[]){'\\', bytes[i]}, 2);
		else
			line_printable(line, bytes + i, 1);
	}
}

static bool continues(const uint8_t *p, size_t n)
{
	for (size_t i = 1; i < n; i++)
		if ((p[i] & 0xc0) != 0x80)
			return false;
	return true;
}

/* Length of the UTF-8 sequence at p, 0 if there is none (overlong forms and surrogates are none). */
static size_t utf8_length(const uint8_t *p, size_t n)
{
	if (p[0] < 0x80)
		return 1;
	if (n >= 2 && p[0] >= 0xc2 && p[0] <= 0xdf && continues(p, 2))
		return 2;
	if (n >= 3 && (p[0] & 0xf0) == 0xe0 && continues(p, 3))
		return (p[0] == 0xe0 && p[1] < 0xa0) || (p[0] == 0xed && p[1] > 0x9f) ? 0 : 3;
	if (n >= 4 && p[0] >= 0xf0 && p[0] <= 0xf4 && continues(p, 4))
		return (p[0] == 0xf0 && p[1] < 0x90) || (p[0] == 0xf4 && p[1] > 0x8f) ? 0 : 4;
	return 0;
}

void line_json(struct line *line, const char *bytes, size_t n)
{
	for (size_t i = 0; i < n;) {
		size_t length = utf8_length((const uint8_t *)bytes + i, n - i);

		if (length == 0 || (uint8_t)bytes[i] < ' ')
			hex_escape(line, "\\u00", (uint8_t)bytes[i]);
		else if (bytes[i] == '\\' || bytes[i] == '"')
			line_bytes(line, (char[]){'\\', bytes[i]}, 2);
		else
			line_bytes(line, bytes + i, length);
		i += length ? length : 1;
	}
}
