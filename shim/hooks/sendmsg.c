#include "hook.h"

static GUARDED ssize_t guarded_sendmsg(uintptr_t slot, int fd, const struct msghdr *msg, int flags)
{
	HOOK_CALL(call, slot, fd, flags, OFFER_MESSAGE, msg, 1);

	if (call.stream && !stream_enter(&call))
		return -1;
	return stream_leave(&call, real.sendmsg(fd, msg, flags));
}

HOOK ssize_t sendmsg(int fd, const struct msghdr *msg, int flags)
{
	uintptr_t slot = fdtable_slot(fd);

	if (fdtable_is_unguarded(slot))
		return real.sendmsg(fd, msg, flags);
	return guarded_sendmsg(slot, fd, msg, flags);
}
