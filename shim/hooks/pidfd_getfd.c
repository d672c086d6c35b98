#include "hook.h"

#ifdef __GLIBC__

HOOK int pidfd_getfd(int pidfd, int target, unsigned int flags)
{
	int fd = real.pidfd_getfd(pidfd, target, flags);

	fdtable_received(fd);
	return fd;
}

#endif
