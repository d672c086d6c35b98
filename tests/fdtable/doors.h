#ifndef FDTABLE_DOORS_H
#define FDTABLE_DOORS_H

/* Every call by which an fd number gets, changes or loses its meaning, through each of its doors. */

#include <stdbool.h>
#include <sys/socket.h>

enum door {
	DOOR_LIBC,
	DOOR_SYSCALL, /* libc's syscall() */
	DOOR_RAW,     /* nobody can see it */
};

/* True if the guard sees `name`, a libc function, when it is called through the door. */
bool door_is_seen(enum door door, const char *name);

/* What it sees of libc, for the reader. */
void door_describe(void);

int door_close(enum door door, int fd);
int door_close_range(enum door door, unsigned first, unsigned last, int flags);
int door_dup(enum door door, int fd);
int door_dup2(enum door door, int fd, int copy);
int door_dup3(enum door door, int fd, int copy, int flags);
int door_dup_above(enum door door, int fd, int command, int lowest);
int door_socket(enum door door, int domain, int type);
int door_socketpair(enum door door, int type, int pair[2]);
int door_connect(enum door door, int fd, const struct sockaddr *address, socklen_t length);
int door_accept(enum door door, int fd);
int door_accept4(enum door door, int fd, int flags);
int door_pipe2(enum door door, int pair[2], int flags);
int door_open(enum door door, const char *path, int flags);
int door_eventfd(enum door door, int flags);
int door_recvmsg(enum door door, int fd, struct msghdr *message);
int door_recvmmsg(enum door door, int fd, struct mmsghdr *message);
int door_pidfd_getfd(enum door door, int process, int fd);
int door_shutdown(enum door door, int fd, int how);

#endif
