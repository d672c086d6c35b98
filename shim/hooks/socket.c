#include "hook.h"

HOOK int socket(int domain, int type, int protocol)
{
	int fd = real.socket(domain, type, protocol);

	if (fd >= 0)
		fdtable_born(fd, domain, type, protocol);
	return fd;
}
