#include "hook.h"

HOOK_WRITE(ssize_t, writev, (int fd, const struct iovec *iov, int iovcnt), (fd, iov, iovcnt),
	   (fd, iov, iovcnt), 0, OFFER_VECTOR, iov, (size_t)iovcnt)
