/* Stands below the guard, for a sandbox that does not let a program ask what its sockets are. */

#include <errno.h>
#include <sys/socket.h>

int getsockopt(int fd, int level, int option, void *value, socklen_t *length)
{
	(void)fd, (void)level, (void)option, (void)value, (void)length;
	errno = EPERM;
	return -1;
}
