#include <pthread.h>

#include "hook.h"

/* A close that is cancelled closes nothing. */
HOOK int close(int fd)
{
	pthread_testcancel();
	struct stream *closing = fdtable_closing(fd);
	int result = real.close(fd);
	fdtable_closed(fd, closing);
	return result;
}

#ifdef __GLIBC__
HOOK_ALIAS(close, __close);
#endif
