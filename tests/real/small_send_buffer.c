/*
 * A second preload under the shim that makes send buffers small, for programs that would not meet a short
 * write otherwise because they write less at a time than what poll() calls writable. The kernel does the
 * rest.
 */

#include <dlfcn.h>
#include <errno.h>
#include <sys/socket.h>

/* Bytes. With less than a segment of loopback, writes would wait for delayed acknowledgements. */
#define SEND_BUFFER 65536

static void *next(const char *name)
{
	return dlsym(RTLD_NEXT, name);
}

static int shrink(int fd)
{
	int size = SEND_BUFFER;
	int saved = errno;

	if (fd >= 0)
		setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &size, sizeof(size));
	errno = saved;
	return fd;
}

__extension__ int connect(int fd, const struct sockaddr *address, socklen_t length)
{
	int (*call)(int, const struct sockaddr *, socklen_t);

	*(void **)&call = next("connect");
	return call(shrink(fd), address, length);
}

__extension__ int accept(int fd, struct sockaddr *address, socklen_t *length)
{
	int (*call)(int, struct sockaddr *, socklen_t *);

	*(void **)&call = next("accept");
	return shrink(call(fd, address, length));
}

__extension__ int accept4(int fd, struct sockaddr *address, socklen_t *length, int flags)
{
	int (*call)(int, struct sockaddr *, socklen_t *, int);

	*(void **)&call = next("accept4");
	return shrink(call(fd, address, length, flags));
}
