#ifndef POISONSHIM_TOOLS_TYPES_H
#define POISONSHIM_TOOLS_TYPES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TYPE_MAX 40 /* bytes of a type in words, with the zero behind it */

/* A whole message, as far as its type may depend on it. */
struct message {
	const char *protocol; /* a preset, or NULL */
	bool server;
	bool first; /* of the stream */
	uint64_t length;
	const uint8_t *head; /* its first bytes */
	size_t have;
};

/* Says in words what kind of message it is: printable ASCII without quotes and backslashes. The first bytes
 * in hexadecimal where the protocol has no types or the tables do not know this one. */
void type_of(const struct message *message, char text[TYPE_MAX]);

/*
 * The tables: rows of a protocol in the order in which they are tried; the first whose conditions hold says
 * the type. One of `only`, `bytes`, `token`, `text` and `special` says how.
 */
enum type_role { TYPE_ANY, TYPE_CLIENT, TYPE_SERVER };

struct type_word {
	uint32_t value;
	const char *word; /* NULL at the end of a list */
};

/* NOLINTNEXTLINE(clang-analyzer-optin.performance.Padding): what belongs together stands together */
struct type_row {
	const char *protocol;
	/* Conditions. */
	enum type_role role;
	bool first;	   /* only the first message */
	uint64_t length;   /* only messages of that length; 0: any */
	uint8_t if_at;	   /* what must stand at this offset, */
	uint8_t if_length; /* so many bytes of it */
	const char *if_is;
	/* The type is that word. */
	const char *only;
	/* A number of so many bytes, masked if mask is not 0, and what it means; or `otherwise`. */
	uint8_t at;
	uint8_t bytes;
	bool little_endian;
	uint32_t mask;
	const struct type_word *words;
	/* The so manieth word of the text, from 1; one of these, or `otherwise`. */
	uint8_t token;
	const char *const *tokens;
	const char *otherwise;
	/* Text of at most so many bytes at `at`, ended by a zero. */
	uint8_t text;
	/* Anything else: the value to look up in `words`. */
	bool (*special)(const struct message *message, uint32_t *value);
};

extern const struct type_row type_rows[];
extern const size_t type_rows_count;

#endif
