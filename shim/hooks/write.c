#include "hook.h"

static GUARDED ssize_t guarded_write(uintptr_t slot, int fd, const void *buf, size_t count)
{
	HOOK_CALL(call, slot, fd, 0, OFFER_FLAT, buf, count);

	if (call.stream && !stream_enter(&call))
		return -1;
	return stream_leave(&call, real.write(fd, buf, count));
}

HOOK ssize_t write(int fd, const void *buf, size_t count)
{
	uintptr_t slot = fdtable_slot(fd);

	if (fdtable_is_unguarded(slot))
		return real.write(fd, buf, count);
	return guarded_write(slot, fd, buf, count);
}
