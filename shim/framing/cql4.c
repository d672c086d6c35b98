#include "presets.h"

enum { RESPONSE = 0x80, VERSION_3 = 3, VERSION_4 = 4, AUTH_SUCCESS = 0x10 };

/* Either side's version byte: where nobody said which side the program is, it is a matter of this. */
bool cql4_check(struct framing_state *state, const uint8_t *head, uint64_t total)
{
	uint8_t version = head[0] & (uint8_t)~RESPONSE;

	(void)state;
	(void)total;
	return (version == VERSION_3 || version == VERSION_4) && head[4] <= AUTH_SUCCESS;
}
