#include "hook.h"

HOOK int shutdown(int fd, int how)
{
	int result = real.shutdown(fd, how);

	if (result == 0 && how != SHUT_RD)
		fdtable_shut_down(fd);
	return result;
}
