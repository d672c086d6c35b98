#include "presets.h"

enum { MESSAGE = 0, REQUEST = 0x81, KEEP_ALIVE = 0x85 };

bool netbios_check(struct framing_state *state, const uint8_t *head, uint64_t total)
{
	(void)state;
	(void)total;
	return head[0] == MESSAGE || (head[0] >= REQUEST && head[0] <= KEEP_ALIVE);
}
