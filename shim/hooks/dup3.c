#include "hook.h"

HOOK int dup3(int fd, int newfd, int flags)
{
	int copy = real.dup3(fd, newfd, flags);

	if (copy >= 0)
		fdtable_duplicated(fd, copy);
	return copy;
}
