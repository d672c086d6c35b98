#include "presets.h"

bool doip_check(struct framing_state *state, const uint8_t *head, uint64_t total)
{
	(void)state;
	(void)total;
	return (head[0] ^ head[1]) == 0xff;
}
