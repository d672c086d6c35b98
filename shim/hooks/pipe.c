#include "after.h"

HOOK int pipe(int pair[2])
{
	int result = real.pipe(pair);

	after_pipe(pair, result);
	return result;
}

#ifdef __GLIBC__
HOOK_ALIAS(pipe, __pipe);
#endif
