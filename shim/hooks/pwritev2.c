#include "hook.h"

#ifdef __GLIBC__

/* With offset -1 it is a writev; any other is an error on a stream, and sends nothing. */
#define DONTWAIT(flags) ((flags)&RWF_NOWAIT ? MSG_DONTWAIT : 0)

HOOK_WRITE(ssize_t, pwritev2, (int fd, const struct iovec *iov, int iovcnt, off_t offset, int flags),
	   (fd, iov, iovcnt, offset, flags), (fd, iov, iovcnt, offset, flags), DONTWAIT(flags), OFFER_VECTOR,
	   iov, (size_t)iovcnt)

#undef pwritev64v2
HOOK_WRITE(ssize_t, pwritev64v2, (int fd, const struct iovec *iov, int iovcnt, off64_t offset, int flags),
	   (fd, iov, iovcnt, offset, flags), (fd, iov, iovcnt, offset, flags), DONTWAIT(flags), OFFER_VECTOR,
	   iov, (size_t)iovcnt)

#endif
