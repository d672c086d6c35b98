#include "hook.h"

HOOK_WRITE(ssize_t, send, (int fd, const void *buf, size_t len, int flags), (fd, buf, len, flags),
	   (fd, buf, len, flags), flags, OFFER_FLAT, buf, len)

#ifdef __GLIBC__
HOOK_ALIAS(send, __send);
#endif
