#include <pthread.h>

#include "hook.h"

/* Before the call: behind it another thread may have the number already. But a close that is cancelled closes
 * nothing. */
HOOK int close(int fd)
{
	pthread_testcancel();
	fdtable_closing(fd);
	return real.close(fd);
}

#ifdef __GLIBC__
HOOK_ALIAS(close, __close);
#endif
