#include "hook.h"

static GUARDED ssize_t guarded_writev(uintptr_t slot, int fd, const struct iovec *iov, int iovcnt)
{
	HOOK_CALL(call, slot, fd, 0, OFFER_VECTOR, iov, (size_t)iovcnt);

	if (call.stream && !stream_enter(&call))
		return -1;
	return stream_leave(&call, real.writev(fd, iov, iovcnt));
}

HOOK ssize_t writev(int fd, const struct iovec *iov, int iovcnt)
{
	uintptr_t slot = fdtable_slot(fd);

	if (fdtable_is_unguarded(slot))
		return real.writev(fd, iov, iovcnt);
	return guarded_writev(slot, fd, iov, iovcnt);
}
