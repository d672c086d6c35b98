#include "hook.h"

static GUARDED int guarded_sendmmsg(uintptr_t slot, int fd, struct mmsghdr *msgs, unsigned int vlen,
				    int flags)
{
	HOOK_CALL(call, slot, fd, flags, OFFER_MESSAGES, msgs, vlen);

	if (call.stream && !stream_enter(&call))
		return -1;
	return (int)stream_leave(&call, real.sendmmsg(fd, msgs, vlen, flags));
}

HOOK int sendmmsg(int fd, struct mmsghdr *msgs, unsigned int vlen, int flags)
{
	uintptr_t slot = fdtable_slot(fd);

	if (fdtable_is_unguarded(slot))
		return real.sendmmsg(fd, msgs, vlen, flags);
	return guarded_sendmmsg(slot, fd, msgs, vlen, flags);
}
