#ifndef POISONSHIM_BEFORE_H
#define POISONSHIM_BEFORE_H

#include "../guard/scene.h"

#define BEFORE_FORKS "a_process_that_was_forked_before_is_guarded"

/* What a constructor that ran before everything else left behind. */
extern struct before {
	struct wire whole;    /* whole messages went out */
	struct wire half;     /* `sent` bytes of message 1 */
	struct wire original; /* whole messages went out, and then came: */
	struct wire copy;     /* its duplicate */
	size_t sent;
	pid_t child; /* of a process that was forked there, or 0 */
} before;

#endif
