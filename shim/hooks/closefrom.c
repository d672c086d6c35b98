#include <limits.h>
#include <unistd.h>

#include "hook.h"

#ifdef __GLIBC__

HOOK void closefrom(int first)
{
	fdtable_closing_range(first > 0 ? (unsigned int)first : 0, UINT_MAX);
	real.closefrom(first);
}

#endif
