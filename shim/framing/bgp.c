#include "presets.h"

enum { OPEN = 1, ROUTE_REFRESH = 5 };

bool bgp_check(struct framing_state *state, const uint8_t *head, uint64_t total)
{
	(void)state;
	(void)total;
	return head[18] >= OPEN && head[18] <= ROUTE_REFRESH;
}
