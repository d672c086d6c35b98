#include "hook.h"

#ifdef __GLIBC__

/* Before the call, as close. With flags it closes nothing (CLOSE_RANGE_CLOEXEC), or in a table of this
 * thread alone (CLOSE_RANGE_UNSHARE). */
HOOK int close_range(unsigned int first, unsigned int last, int flags)
{
	if (flags == 0)
		fdtable_closing_range(first, last);
	return real.close_range(first, last, flags);
}

#endif
