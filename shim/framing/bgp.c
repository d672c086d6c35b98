#include "presets.h"

/* RFC 4271, 4.1; RFC 2918; no RFC has CAPABILITY and the old ROUTE-REFRESH, but Quagga and
 * FRRouting send them. */
enum { OPEN = 1, CAPABILITY = 6, OLD_ROUTE_REFRESH = 128 };

bool bgp_check(struct framing_state *state, const uint8_t *head, uint64_t total)
{
	(void)state;
	(void)total;
	return (head[18] >= OPEN && head[18] <= CAPABILITY) || head[18] == OLD_ROUTE_REFRESH;
}
