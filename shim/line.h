#ifndef POISONSHIM_LINE_H
#define POISONSHIM_LINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Text put together in a buffer of fixed size. From the first piece that does not fit nothing more is added,
 * so that what stands there is always the beginning of what was meant. Every function here is
 * async-signal-safe. */
struct line {
	char *text; /* not terminated */
	size_t size;
	size_t length;
	bool full; /* something did not fit */
};

struct line line_in(char *buffer, size_t size);

/* One piece: all of it is added or nothing. */
void line_bytes(struct line *line, const char *bytes, size_t n);
void line_text(struct line *line, const char *text);
void line_number(struct line *line, uint64_t number);

/* `width` digits, leading zeros; a longer number loses its front. */
void line_digits(struct line *line, uint64_t number, unsigned width);

/* Lower case, no leading zeros. */
void line_hex(struct line *line, uint32_t number);

/* Two hexadecimal digits a byte, with `between` from one byte to the next. */
void line_hex_bytes(struct line *line, const uint8_t *bytes, size_t n, const char *between);

/* Printable ASCII as it is, everything else as \xHH: safe on a terminal and one line. */
void line_printable(struct line *line, const char *bytes, size_t n);

/* The inside of a quoted string: as line_printable(), and \n, \\ and \". */
void line_quoted(struct line *line, const char *bytes, size_t n);

/* The inside of a JSON string: UTF-8 as it is, a byte that is not UTF-8 as \u00XX. */
void line_json(struct line *line, const char *bytes, size_t n);

/* "EPIPE", or "errno 12345" for one without a row. */
void line_errno(struct line *line, int number);

#endif
