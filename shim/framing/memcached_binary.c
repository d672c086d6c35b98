#include "presets.h"

#include "walk.h"

/* Couchbase has the protocol from memcached: both sides ask, and headers with further extras say so. */
enum {
	FLEXIBLE_REQUEST = 0x08,
	FLEXIBLE_RESPONSE = 0x18,
	REQUEST = 0x80,
	RESPONSE = 0x81,
	SERVER_REQUEST = 0x82,
	SERVER_RESPONSE = 0x83
};

#define HEADER 24
#define DATA_TYPES 7 /* JSON, Snappy, extended attributes; memcached: 0 */

/* Either side's magic: where nobody said which side the program is, it is a matter of the first byte. */
bool memcached_binary_check(struct framing_state *state, const uint8_t *head, uint64_t total)
{
	uint64_t keys;

	(void)state;
	if (head[0] == FLEXIBLE_REQUEST || head[0] == FLEXIBLE_RESPONSE)
		keys = (uint64_t)head[2] + head[3];
	else if (head[0] >= REQUEST && head[0] <= SERVER_RESPONSE)
		keys = walk_number(head + 2, 2, false);
	else
		return false;
	return head[5] <= DATA_TYPES && keys + head[4] <= total - HEADER;
}
