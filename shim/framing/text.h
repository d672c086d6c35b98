#ifndef POISONSHIM_FRAMING_TEXT_H
#define POISONSHIM_FRAMING_TEXT_H

#include <string.h>

#include "walk.h"

/* What the framings share whose headers are text: taken byte by byte, whatever the calls are. */

#define TEXT_NOT_A_NUMBER UINT64_MAX

/* The number with one more digit; TEXT_NOT_A_NUMBER if this byte is none, or is one too many: numbers stay
 * below 10^18, so that sums with them do not overflow. */
static inline uint64_t text_digit(uint64_t number, uint8_t byte)
{
	uint8_t digit = (uint8_t)(byte - '0');

	if (digit > 9 || number >= UINT64_C(100000000000000000))
		return TEXT_NOT_A_NUMBER;
	return number * 10 + digit;
}

#define TEXT_DIGITS_MAX 17 /* of a number that is known to fit */

/* Digits at p[0]: how many they are, and the number; 0: none, or a very long number. */
static ALWAYS_INLINE size_t text_number(const uint8_t *p, size_t n, uint64_t *number)
{
	size_t i = 0;

	*number = 0;
	for (; i < n && (uint8_t)(p[i] - '0') <= 9; i++)
		*number = *number * 10 + (uint8_t)(p[i] - '0');
	return i <= TEXT_DIGITS_MAX ? i : 0;
}

/* Bytes of a line that nobody need look at. *ended: the last of them is its line feed. */
static inline size_t text_line(struct framing_state *state, const uint8_t *p, size_t n, bool *ended)
{
	const uint8_t *end = memchr(p, '\n', n);

	*ended = end;
	return walk_sent(state, end ? (size_t)(end - p) + 1 : n);
}

/* The longest frame that the user allows, where frames are of any length. */
static inline bool text_fits(const struct framing *framing, const struct framing_state *state)
{
	return !walk_exceeds(framing, state->sent + state->left);
}

#endif
