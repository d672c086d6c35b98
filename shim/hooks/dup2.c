#include "hook.h"

HOOK int dup2(int fd, int newfd)
{
	int copy = real.dup2(fd, newfd);

	if (copy >= 0)
		fdtable_duplicated(fd, copy);
	return copy;
}
