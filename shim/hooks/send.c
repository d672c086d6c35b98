#include "hook.h"

static GUARDED ssize_t guarded_send(uintptr_t slot, int fd, const void *buf, size_t len, int flags)
{
	HOOK_CALL(call, slot, fd, flags, OFFER_FLAT, buf, len);

	if (call.stream && !stream_enter(&call))
		return -1;
	return stream_leave(&call, real.send(fd, buf, len, flags));
}

HOOK ssize_t send(int fd, const void *buf, size_t len, int flags)
{
	uintptr_t slot = fdtable_slot(fd);

	if (fdtable_is_unguarded(slot))
		return real.send(fd, buf, len, flags);
	return guarded_send(slot, fd, buf, len, flags);
}
