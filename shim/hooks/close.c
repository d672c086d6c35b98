#include "hook.h"

/* Before the call: behind it another thread may have the number already. */
HOOK int close(int fd)
{
	fdtable_closing(fd);
	return real.close(fd);
}
