#include "hook.h"

HOOK_WRITE(ssize_t, sendto,
	   (int fd, const void *buf, size_t len, int flags, hook_const_address addr, socklen_t addrlen),
	   (fd, buf, len, flags, HOOK_ADDRESS(addr), addrlen), (fd, buf, len, flags, addr, addrlen), flags,
	   OFFER_FLAT, buf, len)
