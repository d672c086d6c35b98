#include <errno.h>

#include "hook.h"

HOOK int connect(int fd, hook_const_address addr, socklen_t addrlen)
{
	const struct sockaddr *address = HOOK_ADDRESS(addr);
	int result = real.connect(fd, address, addrlen);

	/* EFAULT did not come, so the kernel has read the family. */
	if (result == 0 || errno == EINPROGRESS)
		fdtable_connected(fd, addrlen >= sizeof(address->sa_family) ? address->sa_family : AF_UNSPEC);
	return result;
}
