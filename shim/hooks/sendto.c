#include "hook.h"

static GUARDED ssize_t guarded_sendto(uintptr_t slot, int fd, const void *buf, size_t len, int flags,
				      hook_const_address addr, socklen_t addrlen)
{
	HOOK_CALL(call, slot, fd, flags, OFFER_FLAT, buf, len);

	if (call.stream && !stream_enter(&call))
		return -1;
	return stream_leave(&call, real.sendto(fd, buf, len, flags, HOOK_ADDRESS(addr), addrlen));
}

HOOK ssize_t sendto(int fd, const void *buf, size_t len, int flags, hook_const_address addr,
		    socklen_t addrlen)
{
	uintptr_t slot = fdtable_slot(fd);

	if (fdtable_is_unguarded(slot))
		return real.sendto(fd, buf, len, flags, HOOK_ADDRESS(addr), addrlen);
	return guarded_sendto(slot, fd, buf, len, flags, addr, addrlen);
}
