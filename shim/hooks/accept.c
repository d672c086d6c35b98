#include "after.h"

HOOK int accept(int fd, hook_address addr, socklen_t *addrlen)
{
	int result = real.accept(fd, HOOK_ADDRESS(addr), addrlen);

	after_accept(fd, result);
	return result;
}
