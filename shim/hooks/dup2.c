#include "after.h"

HOOK int dup2(int fd, int newfd)
{
	int result = real.dup2(fd, newfd);

	after_dup(fd, result);
	return result;
}

#ifdef __GLIBC__
HOOK_ALIAS(dup2, __dup2);
#endif
