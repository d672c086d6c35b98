#include "after.h"

HOOK int connect(int fd, hook_const_address addr, socklen_t addrlen)
{
	int result = real.connect(fd, HOOK_ADDRESS(addr), addrlen);

	after_connect(fd, HOOK_ADDRESS(addr), addrlen, result);
	return result;
}

#ifdef __GLIBC__
HOOK_ALIAS(connect, __connect);
#endif
