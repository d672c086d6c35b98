#ifndef POISONSHIM_FRAMING_OPENINGS_H
#define POISONSHIM_FRAMING_OPENINGS_H

#include "presets.h"

/* What framing `auto` knows streams by. */

/* Whose first bytes they are. */
enum opening_side {
	OPENING_EITHER,
	OPENING_CLIENT,
	OPENING_SERVER,
	OPENING_GUESS, /* a client's, but a server may write such bytes too: it depends on what auto was told
			*/
};

/* What a stream may begin with: head[i] is in low[i]..high[i] for every i < length; head[2] % step is 0. No
 * stream has two of them. */
struct opening {
	enum preset protocol; /* PRESET_AUTO: the rest of the line tells */
	enum opening_side side;
	uint8_t length;
	uint8_t step;
	uint8_t low[FRAMING_HEAD_MAX + 1], high[FRAMING_HEAD_MAX + 1];
};

extern HIDDEN const struct opening framing_openings[];
extern HIDDEN const size_t framing_openings_count;

#endif
