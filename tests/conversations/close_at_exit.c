/*
 * A preload under the shim: closes the program's sockets when it exits, as the kernel would, but by a call
 * that the shim sees. Then it logs how many messages each connection had. With CLOSE_STDOUT_AT_EXIT it
 * closes standard output too.
 */

#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#define FIRST 3
#define END 1024

static int is_connected(int fd)
{
	struct sockaddr_storage address;
	socklen_t length = sizeof(address);

	return getpeername(fd, (struct sockaddr *)&address, &length) == 0;
}

__attribute__((destructor)) static void close_at_exit(void)
{
	if (getenv("CLOSE_STDOUT_AT_EXIT")) {
		fflush(stdout);
		close(STDOUT_FILENO);
	}
	for (int fd = FIRST; fd < END; fd++)
		if (is_connected(fd))
			close(fd);
}
