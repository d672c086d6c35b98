#include "hook.h"

HOOK_WRITE(ssize_t, write, (int fd, const void *buf, size_t count), (fd, buf, count), (fd, buf, count), 0,
	   OFFER_FLAT, buf, count)

#ifdef __GLIBC__
HOOK_ALIAS(write, __write);
#endif
