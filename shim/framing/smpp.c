#include "presets.h"

#define RESPONSE 0x80
#define COMMANDS 0x200 /* SMPP 5.0, 4.7.5: what is above is reserved, or of vendors in the range 0x10200 */
#define VENDORS 0x10200

static uint32_t command_of(const uint8_t *head)
{
	return (uint32_t)(head[4] & ~RESPONSE) << 24 | (uint32_t)head[5] << 16 | (uint32_t)head[6] << 8 |
	       head[7];
}

bool smpp_check(struct framing_state *state, const uint8_t *head, uint64_t total)
{
	uint32_t command = command_of(head);

	(void)state;
	(void)total;
	return command < COMMANDS || (command >= VENDORS && command < VENDORS + COMMANDS);
}
