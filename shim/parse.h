#ifndef POISONSHIM_PARSE_H
#define POISONSHIM_PARSE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A cursor over one piece of configuration text. The first error stops it: `at` stays on the offending
 * character (its column is at - start + 1) and `expected` says in words what should have stood there. */
struct parse {
	const char *start;
	const char *at;
	const char *end;
	const char *expected; /* NULL while everything has parsed */
};

struct parse parse_text(const char *text, size_t length);

/* Records the first error at the cursor. Always returns false, so that callers can return it. */
bool parse_fail(struct parse *parse, const char *expected);

/* The same, with the cursor back on `at`, the first character of what turned out to be wrong. */
bool parse_fail_at(struct parse *parse, const char *at, const char *expected);

/* Skips `literal` if it stands at the cursor; false without an error if it does not. */
bool parse_skip(struct parse *parse, const char *literal);

/* True if `literal` stands at the cursor, which stays. */
bool parse_ahead(const struct parse *parse, const char *literal);

/* As parse_skip, but a missing literal is an error. */
bool parse_need(struct parse *parse, const char *literal, const char *expected);

/* Reads [a-z0-9_-]+ at the cursor without moving it; returns its length. */
size_t parse_word_length(const struct parse *parse);

/* Skips `word` only if the whole word at the cursor is it. */
bool parse_skip_word(struct parse *parse, const char *word);

/* Decimal number in [low, high]; with `units`, a suffix k, M or G multiplies by 1024, 1024^2, 1024^3. */
bool parse_number(struct parse *parse, uint64_t low, uint64_t high, bool units, uint64_t *out,
		  const char *expected);

/* A signed decimal number in [-2^31, 2^31). */
bool parse_integer(struct parse *parse, int64_t *out, const char *expected);

/* Hexadecimal bytes "ce" or "1603", at most `size` of them, in the order written. */
bool parse_hex_bytes(struct parse *parse, uint8_t *bytes, size_t size, size_t *count, const char *expected);

/* Hexadecimal number of at most 64 bits, with or without 0x. */
bool parse_hex_number(struct parse *parse, uint64_t *out, const char *expected);

bool parse_at_end(const struct parse *parse);

#endif
