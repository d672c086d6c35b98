#include "doors.h"

#include <dlfcn.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/pidfd.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "raw.h"

static const char *const functions[] = {
    "close",  "close_range", "closefrom", "dup",     "dup2",	   "dup3",	  "fcntl",   "socket",
    "accept", "accept4",     "connect",	  "pipe2",   "open",	   "eventfd",	  "recvmsg", "recvmmsg",
    "fclose", "freopen",     "shutdown",  "syscall", "socketpair", "pidfd_getfd",
};
#define FUNCTIONS (sizeof(functions) / sizeof(functions[0]))

enum answer { NOT_ASKED, SEEN, UNSEEN };

/* The library that a name comes from. */
static const void *origin(const char *name)
{
	void *symbol = dlsym(RTLD_DEFAULT, name);
	Dl_info info;

	return symbol && dladdr(symbol, &info) ? info.dli_fbase : NULL;
}

static enum answer ask(const char *name)
{
	return origin(name) != origin("gnu_get_libc_version") ? SEEN : UNSEEN;
}

static bool is_hooked(const char *name)
{
	static enum answer answers[FUNCTIONS];

	for (size_t i = 0; i < FUNCTIONS; i++)
		if (strcmp(functions[i], name) == 0) {
			if (answers[i] == NOT_ASKED)
				answers[i] = ask(name);
			return answers[i] == SEEN;
		}
	return false;
}

bool door_is_seen(enum door door, const char *name)
{
	switch (door) {
	case DOOR_LIBC:
		return is_hooked(name);
	case DOOR_SYSCALL:
		return is_hooked("syscall");
	default:
		return false;
	}
}

void door_describe(void)
{
	bool all = true;

	printf("not seen:");
	for (size_t i = 0; i < FUNCTIONS; i++)
		if (!is_hooked(functions[i])) {
			printf(" %s", functions[i]);
			all = false;
		}
	printf(all ? " nothing\n" : "\n");
}

/* One call through its three doors. */
#define THROUGH(libc, number, a, b, c, d, e)                                                                \
	do {                                                                                                \
		if (door == DOOR_LIBC)                                                                      \
			return (int)(libc);                                                                 \
		if (door == DOOR_SYSCALL)                                                                   \
			return (int)syscall(number, (long)(a), (long)(b), (long)(c), (long)(d), (long)(e)); \
		return (int)RAW5(number, a, b, c, d, e);                                                    \
	} while (0)

int door_close(enum door door, int fd)
{
	THROUGH(close(fd), SYS_close, fd, 0, 0, 0, 0);
}

int door_close_range(enum door door, unsigned first, unsigned last, int flags)
{
	THROUGH(close_range(first, last, flags), SYS_close_range, first, last, flags, 0, 0);
}

int door_dup(enum door door, int fd)
{
	THROUGH(dup(fd), SYS_dup, fd, 0, 0, 0, 0);
}

#ifdef SYS_dup2
int door_dup2(enum door door, int fd, int copy)
{
	THROUGH(dup2(fd, copy), SYS_dup2, fd, copy, 0, 0, 0);
}
#else
int door_dup2(enum door door, int fd, int copy)
{
	return door == DOOR_LIBC || fd == copy ? dup2(fd, copy) : door_dup3(door, fd, copy, 0);
}
#endif

int door_dup3(enum door door, int fd, int copy, int flags)
{
	THROUGH(dup3(fd, copy, flags), SYS_dup3, fd, copy, flags, 0, 0);
}

int door_dup_above(enum door door, int fd, int command, int lowest)
{
	THROUGH(fcntl(fd, command, lowest), SYS_fcntl, fd, command, lowest, 0, 0);
}

int door_socket(enum door door, int domain, int type)
{
	THROUGH(socket(domain, type, 0), SYS_socket, domain, type, 0, 0, 0);
}

int door_socketpair(enum door door, int type, int pair[2])
{
	THROUGH(socketpair(AF_UNIX, type, 0, pair), SYS_socketpair, AF_UNIX, type, 0, pair, 0);
}

int door_connect(enum door door, int fd, const struct sockaddr *address, socklen_t length)
{
	THROUGH(connect(fd, address, length), SYS_connect, fd, address, length, 0, 0);
}

int door_accept(enum door door, int fd)
{
	THROUGH(accept(fd, NULL, NULL), SYS_accept, fd, 0, 0, 0, 0);
}

int door_accept4(enum door door, int fd, int flags)
{
	THROUGH(accept4(fd, NULL, NULL, flags), SYS_accept4, fd, 0, 0, flags, 0);
}

int door_pipe2(enum door door, int pair[2], int flags)
{
	THROUGH(pipe2(pair, flags), SYS_pipe2, pair, flags, 0, 0, 0);
}

int door_open(enum door door, const char *path, int flags)
{
	THROUGH(open(path, flags), SYS_openat, AT_FDCWD, path, flags, 0, 0);
}

int door_eventfd(enum door door, int flags)
{
	THROUGH(eventfd(0, flags), SYS_eventfd2, 0, flags, 0, 0, 0);
}

int door_recvmsg(enum door door, int fd, struct msghdr *message)
{
	THROUGH(recvmsg(fd, message, MSG_DONTWAIT), SYS_recvmsg, fd, message, MSG_DONTWAIT, 0, 0);
}

int door_recvmmsg(enum door door, int fd, struct mmsghdr *message)
{
	THROUGH(recvmmsg(fd, message, 1, MSG_DONTWAIT, NULL), SYS_recvmmsg, fd, message, 1, MSG_DONTWAIT, 0);
}

int door_pidfd_getfd(enum door door, int process, int fd)
{
	THROUGH(pidfd_getfd(process, fd, 0), SYS_pidfd_getfd, process, fd, 0, 0, 0);
}

int door_shutdown(enum door door, int fd, int how)
{
	THROUGH(shutdown(fd, how), SYS_shutdown, fd, how, 0, 0, 0);
}
