#include "hook.h"

#ifdef __GLIBC__

/* With flags it closes nothing (CLOSE_RANGE_CLOEXEC), or in a table of this thread alone
 * (CLOSE_RANGE_UNSHARE). */
HOOK int close_range(unsigned int first, unsigned int last, int flags)
{
	if (flags)
		return real.close_range(first, last, flags);
	fdtable_closing_range(first, last);
	int result = real.close_range(first, last, flags);
	fdtable_closed_range(first, last);
	return result;
}

#endif
