#include "hook.h"

HOOK int accept4(int fd, hook_address addr, socklen_t *addrlen, int flags)
{
	int connection = real.accept4(fd, HOOK_ADDRESS(addr), addrlen, flags);

	if (connection >= 0)
		fdtable_accepted(connection, fd);
	return connection;
}
