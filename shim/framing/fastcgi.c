#include "presets.h"

/* FastCGI 1.0, section 3.3 and 8: version 1, types 1 to 11. */

enum { VERSION = 1, BEGIN_REQUEST = 1, UNKNOWN_TYPE = 11 };

bool fastcgi_check(struct framing_state *state, const uint8_t *head, uint64_t total)
{
	(void)state;
	(void)total;
	return head[0] == VERSION && head[1] >= BEGIN_REQUEST && head[1] <= UNKNOWN_TYPE;
}
