#include <limits.h>
#include <unistd.h>

#include "hook.h"

#ifdef __GLIBC__

HOOK void closefrom(int first)
{
	unsigned int lowest = first > 0 ? (unsigned int)first : 0;

	fdtable_closing_range(lowest, UINT_MAX);
	real.closefrom(first);
	fdtable_closed_range(lowest, UINT_MAX);
}

#endif
