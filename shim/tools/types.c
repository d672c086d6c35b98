#include "types.h"

#include <stdio.h>
#include <string.h>

#define HEX_SHOWN 8

static bool holds(const struct type_row *row, const struct message *message)
{
	if (strcmp(row->protocol, message->protocol) != 0)
		return false;
	if (row->role != TYPE_ANY && message->server != (row->role == TYPE_SERVER))
		return false;
	if ((row->first && !message->first) || (row->length && message->length != row->length))
		return false;
	return (size_t)row->if_at + row->if_length <= message->have &&
	       (!row->if_length || memcmp(message->head + row->if_at, row->if_is, row->if_length) == 0);
}

static bool is_shown(char c)
{
	return c > ' ' && c < 0x7f && c != '"' && c != '\\';
}

/* Printable text up to the first other byte. */
static bool copy_text(char text[TYPE_MAX], const char *from, size_t n)
{
	size_t length = 0;

	while (length < n && length < TYPE_MAX - 1 && is_shown(from[length]))
		length++;
	memcpy(text, from, length);
	text[length] = '\0';
	return length != 0;
}

static bool look_up(const struct type_row *row, uint32_t value, char text[TYPE_MAX])
{
	const char *word = row->otherwise;

	for (const struct type_word *known = row->words; known && known->word; known++)
		if (known->value == value)
			word = known->word;
	if (word)
		snprintf(text, TYPE_MAX, "%s", word);
	else
		snprintf(text, TYPE_MAX, "0x%x", (unsigned)value);
	return true;
}

static bool number(const struct type_row *row, const struct message *message, char text[TYPE_MAX])
{
	const uint8_t *bytes = message->head + row->at;
	uint32_t value = 0;

	if ((size_t)row->at + row->bytes > message->have)
		return false;
	for (unsigned i = 0; i < row->bytes; i++)
		value = value << 8 | bytes[row->little_endian ? row->bytes - 1U - i : i];
	return look_up(row, row->mask ? value & row->mask : value, text);
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\r' || c == '\n';
}

static bool token(const struct type_row *row, const struct message *message, char text[TYPE_MAX])
{
	const char *at = (const char *)message->head, *end = at + message->have;
	bool found = false;

	for (unsigned i = 0; i < row->token && at < end; i++) {
		while (at < end && is_blank(*at))
			at++;
		found = copy_text(text, at, (size_t)(end - at)) || found;
		while (at < end && !is_blank(*at))
			at++;
	}
	for (const char *const *known = row->tokens; known; known++) {
		if (!*known)
			return row->otherwise && copy_text(text, row->otherwise, strlen(row->otherwise));
		if (found && strcmp(*known, text) == 0)
			break;
	}
	return found;
}

static bool text_at(const struct type_row *row, const struct message *message, char text[TYPE_MAX])
{
	return (size_t)row->at + row->text <= message->have &&
	       copy_text(text, (const char *)message->head + row->at, row->text);
}

static bool say(const struct type_row *row, const struct message *message, char text[TYPE_MAX])
{
	uint32_t value;

	if (row->only)
		return snprintf(text, TYPE_MAX, "%s", row->only) > 0;
	if (row->bytes)
		return number(row, message, text);
	if (row->token)
		return token(row, message, text);
	if (row->text)
		return text_at(row, message, text);
	return row->special(message, &value) && look_up(row, value, text);
}

static void say_in_hex(const struct message *message, char text[TYPE_MAX])
{
	size_t n = message->have < HEX_SHOWN ? message->have : HEX_SHOWN;

	for (size_t i = 0; i < n; i++)
		snprintf(text + 3 * i, TYPE_MAX - 3 * i, i + 1 < n ? "%02x " : "%02x", message->head[i]);
}

void type_of(const struct message *message, char text[TYPE_MAX])
{
	text[0] = '\0';
	for (size_t i = 0; message->protocol && i < type_rows_count; i++)
		if (holds(&type_rows[i], message)) {
			if (say(&type_rows[i], message, text))
				return;
			break;
		}
	say_in_hex(message, text);
}
