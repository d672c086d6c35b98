#include <fcntl.h>

#include "hook.h"

HOOK_WRITE_LONG(ssize_t, vmsplice, (int fd, const struct iovec *iov, size_t count, unsigned int flags),
		(fd, iov, count, flags), (fd, iov, count, flags), HOOK_SPLICE_FLAGS(flags), OFFER_VECTOR, iov,
		count)
