#include "after.h"

HOOK int pipe2(int pair[2], int flags)
{
	int result = real.pipe2(pair, flags);

	after_pipe(pair, result);
	return result;
}
