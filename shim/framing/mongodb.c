#include "presets.h"

#include "walk.h"

enum { OP_REPLY = 1, OP_UPDATE = 2001, OP_COMPRESSED = 2012, OP_MSG = 2013 };

bool mongodb_check(struct framing_state *state, const uint8_t *head, uint64_t total)
{
	uint64_t code = walk_number(head + 12, 4, true);

	(void)state;
	(void)total;
	return code == OP_REPLY || (code >= OP_UPDATE && code <= OP_MSG);
}
