#include "hook.h"

HOOK ssize_t sendto(int fd, const void *buf, size_t len, int flags, hook_const_address addr,
		    socklen_t addrlen)
{
	struct stream *stream = fdtable_lookup(fd);

	if (!stream)
		return real.sendto(fd, buf, len, flags, HOOK_ADDRESS(addr), addrlen);
	struct call call = HOOK_CALL(stream, fd, flags, OFFER_FLAT, buf, len);
	if (!stream_enter(&call))
		return -1;
	return stream_leave(&call, real.sendto(fd, buf, len, flags, HOOK_ADDRESS(addr), addrlen));
}
