#ifndef POISONSHIM_FRAMING_COUNTED_H
#define POISONSHIM_FRAMING_COUNTED_H

#include "text.h"

/* Messages of a decimal length, one byte behind it, and so many bytes. */

static inline uint64_t counted_number(const struct framing_state *state)
{
	uint64_t number;

	memcpy(&number, state->head, sizeof(number));
	return number;
}

static inline void counted_set(struct framing_state *state, uint64_t number)
{
	memcpy(state->head, &number, sizeof(number));
}

/* For walk_look: the message's bytes before `more`. */
static inline uint64_t counted_total(const uint8_t *p, size_t n, uint8_t end, uint64_t *total)
{
	size_t digits = text_number(p, n, total);

	if (!digits || digits == n || p[digits] != end || (*p == '0' && digits > 1))
		return 0;
	return *total += digits + 1;
}

/* One byte of the header; `end` ends it, and then `more` bytes come behind the counted ones. state->have
 * counts the digits. A number has no needless zero in front. */
static inline size_t counted_header(const struct framing *framing, struct framing_state *state, uint8_t byte,
				    uint8_t end, uint64_t more)
{
	uint64_t number = counted_number(state), next = text_digit(number, byte);

	if (byte == end && state->have) {
		counted_set(state, 0);
		state->have = 0;
		state->left = number + more;
		walk_sent(state, 1);
		return text_fits(framing, state) ? 1 : walk_desync(state);
	}
	if (next == TEXT_NOT_A_NUMBER || (state->have && number == 0))
		return walk_desync(state);
	counted_set(state, next);
	state->have++;
	return walk_sent(state, 1);
}

#endif
