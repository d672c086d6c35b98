#include "hook.h"

HOOK ssize_t writev(int fd, const struct iovec *iov, int iovcnt)
{
	struct stream *stream = fdtable_lookup(fd);

	if (!stream)
		return real.writev(fd, iov, iovcnt);
	struct call call = HOOK_CALL(stream, fd, 0, OFFER_VECTOR, iov, (size_t)iovcnt);
	if (!stream_enter(&call))
		return -1;
	return stream_leave(&call, real.writev(fd, iov, iovcnt));
}
