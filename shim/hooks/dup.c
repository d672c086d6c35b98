#include "hook.h"

HOOK int dup(int fd)
{
	int copy = real.dup(fd);

	if (copy >= 0)
		fdtable_duplicated(fd, copy);
	return copy;
}
