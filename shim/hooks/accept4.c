#include "after.h"

HOOK int accept4(int fd, hook_address addr, socklen_t *addrlen, int flags)
{
	int result = real.accept4(fd, HOOK_ADDRESS(addr), addrlen, flags);

	after_accept(fd, result);
	return result;
}
