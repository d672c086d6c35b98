#include "hook.h"

HOOK int accept(int fd, hook_address addr, socklen_t *addrlen)
{
	int connection = real.accept(fd, HOOK_ADDRESS(addr), addrlen);

	if (connection >= 0)
		fdtable_accepted(connection, fd);
	return connection;
}
