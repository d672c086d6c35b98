/* More fds than the limit allows, for what the guard costs with many: preloaded behind it, answers for the
 * kernel. Beyond PAIRS, socketpair() returns numbers that nobody has, from the highest down, each of which
 * stands for one of the sockets that are there. To close one does nothing. */

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdint.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#define PAIRS 8192    /* a million messages of 64 bytes just fit into their buffers */
#define FIRST 32768   /* real fds are below */
#define LIMIT 1048576 /* what the kernel allows a limit by default (fs.nr_open) */

#define CALLS(X)                                                                                           \
	X(ssize_t, write, (int fd, const void *buf, size_t count), (real_of(fd), buf, count))              \
	X(ssize_t, writev, (int fd, const struct iovec *iov, int iovcnt), (real_of(fd), iov, iovcnt))      \
	X(ssize_t, send, (int fd, const void *buf, size_t len, int flags), (real_of(fd), buf, len, flags)) \
	X(ssize_t, read, (int fd, void *buf, size_t count), (real_of(fd), buf, count))                     \
	X(ssize_t, recv, (int fd, void *buf, size_t len, int flags), (real_of(fd), buf, len, flags))       \
	X(int, getsockopt,                                                                                 \
	  (int fd, int level, int option, void *restrict value, socklen_t *restrict length),               \
	  (real_of(fd), level, option, value, length))

#define DECLARE(type, name, parameters, arguments) static type(*next_##name) parameters;
CALLS(DECLARE)
static int (*next_socketpair)(int domain, int type, int protocol, int pair[2]);
static int (*next_close)(int fd);

static int pairs[PAIRS][2];
static _Atomic int made;

#define RESOLVE(type, name, parameters, arguments) *(void **)&next_##name = dlsym(RTLD_NEXT, #name);

/* At the first call: the guard's constructor runs before any of ours would. */
static void resolve(void)
{
	if (next_close)
		return;
	CALLS(RESOLVE)
	RESOLVE(int, socketpair, , )
	RESOLVE(int, close, , )
}

static int real_of(int fd)
{
	return fd < FIRST ? fd : pairs[(LIMIT - 1 - fd) / 2 % PAIRS][fd & 1];
}

#define DEFINE(type, name, parameters, arguments) \
	type name parameters                      \
	{                                         \
		resolve();                        \
		return next_##name arguments;     \
	}
CALLS(DEFINE)

static int pretend(int number, int pair[2])
{
	pair[0] = LIMIT - 2 * number;
	pair[1] = pair[0] + 1;
	errno = EMFILE;
	return pair[0] < FIRST ? -1 : 0;
}

int socketpair(int domain, int type, int protocol, int pair[2])
{
	int number = atomic_fetch_add(&made, 1), result;

	if (number >= PAIRS)
		return pretend(number - PAIRS + 1, pair);
	resolve();
	result = next_socketpair(domain, type, protocol, pairs[number]);
	pair[0] = pairs[number][0];
	pair[1] = pairs[number][1];
	return result;
}

int close(int fd)
{
	resolve();
	return fd < FIRST ? next_close(fd) : 0;
}

int fstat(int fd, struct stat *stat)
{
	int result = fstatat(real_of(fd), "", stat, AT_EMPTY_PATH);

	if (fd >= FIRST)
		stat->st_ino = UINT32_MAX - (unsigned)fd; /* each a socket of its own */
	return result;
}

int getrlimit(__rlimit_resource_t resource, struct rlimit *limit)
{
	(void)resource;
	*limit = (struct rlimit){LIMIT, LIMIT};
	return 0;
}

int setrlimit(__rlimit_resource_t resource, const struct rlimit *limit)
{
	(void)resource;
	(void)limit;
	return 0;
}
