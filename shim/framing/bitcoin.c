#include "presets.h"

#define COMMAND 4

/* Lower case letters and digits, then zeros. The network is told by the first 4 bytes: there are many. */
static bool is_command(const uint8_t *p, const uint8_t *end)
{
	if (*p < 'a' || *p > 'z')
		return false;
	while (p < end && ((*p >= 'a' && *p <= 'z') || (*p >= '0' && *p <= '9')))
		p++;
	while (p < end && *p == 0)
		p++;
	return p == end;
}

bool bitcoin_check(struct framing_state *state, const uint8_t *head, uint64_t total)
{
	(void)state;
	(void)total;
	return is_command(head + COMMAND, head + COMMAND + 12);
}
