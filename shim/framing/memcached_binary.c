#include "presets.h"

#include "walk.h"

enum { REQUEST = 0x80, RESPONSE = 0x81 };

#define HEADER 24

/* Either side's magic: where nobody said which side the program is, it is a matter of the first byte. */
bool memcached_binary_check(struct framing_state *state, const uint8_t *head, uint64_t total)
{
	uint64_t key = walk_number(head + 2, 2, false), extras = head[4];

	(void)state;
	return (head[0] == REQUEST || head[0] == RESPONSE) && head[5] == 0 && key + extras <= total - HEADER;
}
