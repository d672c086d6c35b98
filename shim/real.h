#ifndef POISONSHIM_REAL_H
#define POISONSHIM_REAL_H

#include <pthread.h>
#include <stddef.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <threads.h>

#include "hidden.h"

/*
 * The libc functions underneath: every call that is hooked, once. X(return type, name, parameters,
 * arguments). Each pointer starts at a function that resolves all of them, so that a call from another
 * library's constructor, before ours has run, works.
 */
#define REAL_FUNCTIONS(X)                                                                                   \
	X(ssize_t, write, (int fd, const void *buf, size_t count), (fd, buf, count))                        \
	X(ssize_t, writev, (int fd, const struct iovec *iov, int iovcnt), (fd, iov, iovcnt))                \
	X(ssize_t, send, (int fd, const void *buf, size_t len, int flags), (fd, buf, len, flags))           \
	X(ssize_t, sendto,                                                                                  \
	  (int fd, const void *buf, size_t len, int flags, const struct sockaddr *addr, socklen_t addrlen), \
	  (fd, buf, len, flags, addr, addrlen))                                                             \
	X(ssize_t, sendmsg, (int fd, const struct msghdr *msg, int flags), (fd, msg, flags))                \
	X(int, sendmmsg, (int fd, struct mmsghdr *msgs, unsigned int vlen, int flags),                      \
	  (fd, msgs, vlen, flags))                                                                          \
	X(ssize_t, sendfile, (int fd, int in, off_t *offset, size_t count), (fd, in, offset, count))        \
	X(ssize_t, splice,                                                                                  \
	  (int in, off64_t *in_offset, int fd, off64_t *offset, size_t len, unsigned int flags),            \
	  (in, in_offset, fd, offset, len, flags))                                                          \
	X(int, close, (int fd), (fd))                                                                       \
	X(int, dup, (int fd), (fd))                                                                         \
	X(int, dup2, (int fd, int newfd), (fd, newfd))                                                      \
	X(int, dup3, (int fd, int newfd, int flags), (fd, newfd, flags))                                    \
	X(int, socket, (int domain, int type, int protocol), (domain, type, protocol))                      \
	X(int, socketpair, (int domain, int type, int protocol, int pair[2]),                               \
	  (domain, type, protocol, pair))                                                                   \
	X(int, accept, (int fd, struct sockaddr *addr, socklen_t *addrlen), (fd, addr, addrlen))            \
	X(int, accept4, (int fd, struct sockaddr *addr, socklen_t *addrlen, int flags),                     \
	  (fd, addr, addrlen, flags))                                                                       \
	X(int, connect, (int fd, const struct sockaddr *addr, socklen_t addrlen), (fd, addr, addrlen))      \
	X(int, shutdown, (int fd, int how), (fd, how))                                                      \
	X(int, pthread_create,                                                                              \
	  (pthread_t * thread, const pthread_attr_t *attr, void *(*start)(void *), void *argument),         \
	  (thread, attr, start, argument))                                                                  \
	X(int, thrd_create, (thrd_t * thread, thrd_start_t start, void *argument), (thread, start, argument))

#define REAL_POINTER(type, name, parameters, arguments) type(*name) parameters;

struct real {
	REAL_FUNCTIONS (REAL_POINTER)
		ssize_t (*sendfile64)(int fd, int in, off64_t *offset, size_t count); /* as fcntl64 */
	int (*fcntl)(int fd, int cmd, ...);
	int (*fcntl64)(int fd, int cmd,
		       ...); /* glibc's other name for it; same as fcntl where libc has none */
};

extern HIDDEN struct real real;

/* Resolves every name with dlsym(RTLD_NEXT); idempotent. Names that libc lacks are never asked for. */
void real_resolve(void);

#endif
