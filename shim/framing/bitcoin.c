#include "presets.h"

#define COMMAND 4

/* Printable characters, then zeros, as Bitcoin Core checks it; "dsproof-beta" and "get_xthin" are about. The
 * network is told by the first 4 bytes: there are many. */
static bool is_command(const uint8_t *p, const uint8_t *end)
{
	if (*p == 0)
		return false;
	while (p < end && *p >= ' ' && *p <= '~')
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
