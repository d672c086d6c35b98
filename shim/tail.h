#ifndef POISONSHIM_TAIL_H
#define POISONSHIM_TAIL_H

#include <stdbool.h>
#include <stdint.h>

#include "offer.h"
#include "pool.h"

#define TAIL_SMALL 16

struct tail_block {
	struct pool_link link;
	uint8_t bytes[];
};

/* The refused rest of a cut message: its first bytes, at most a window of them. Zeroed means none. */
struct tail {
	uint32_t length;     /* bytes still known */
	uint32_t start : 31; /* where they begin in the storage */
	uint32_t in_block : 1;
	union {
		uint8_t small[TAIL_SMALL];
		struct tail_block *block;
	};
};

/* Keeps what `offer` holds from offset `accepted` on, up to the end of the message that is cut there. Does
 * nothing if more is known already. A window over TAIL_SMALL takes a block; without memory the small one must
 * do. */
void tail_keep(struct tail *tail, const struct offer *offer, uint64_t accepted, uint32_t window,
	       const struct framing *framing, const struct framing_state *state);

/* The next `accepted` bytes of it have reached the kernel. Keeps its storage for what is cut next. */
void tail_advance(struct tail *tail, uint64_t accepted);

/* True unless the first bytes offered differ from it. */
bool tail_matches(const struct tail *tail, const struct offer *offer);

void tail_clear(struct tail *tail);

/* Sets the largest window of any rule. Once, at start. */
void tail_start(uint32_t largest_window);

#endif
