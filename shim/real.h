#ifndef POISONSHIM_REAL_H
#define POISONSHIM_REAL_H

#include <aio.h>
#include <poll.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/select.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <threads.h>
#include <time.h>

#include "hidden.h"

/*
 * The libc functions underneath: every call that is hooked, once. X(return type, name, parameters,
 * arguments). Each pointer starts at a function that resolves all of them, so that a call from another
 * library's constructor, before ours has run, works.
 */
#define REAL_FUNCTIONS(X)       \
	REAL_WRITES(X)          \
	REAL_LIVES(X)           \
	REAL_CREATORS(X)        \
	REAL_STDIO(X)           \
	REAL_WAYS_AROUND(X)     \
	REAL_THREADS(X)         \
	REAL_WAITS(X)           \
	REAL_GLIBC_FUNCTIONS(X) \
	REAL_TIME64_FUNCTIONS(X)

/* Bytes leave. */
#define REAL_WRITES(X)                                                                                      \
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
	X(ssize_t, tee, (int in, int fd, size_t len, unsigned int flags), (in, fd, len, flags))             \
	X(ssize_t, vmsplice, (int fd, const struct iovec *iov, size_t count, unsigned int flags),           \
	  (fd, iov, count, flags))

/* What an fd means changes. */
#define REAL_LIVES(X)                                                                                  \
	X(int, close, (int fd), (fd))                                                                  \
	X(int, dup, (int fd), (fd))                                                                    \
	X(int, dup2, (int fd, int newfd), (fd, newfd))                                                 \
	X(int, dup3, (int fd, int newfd, int flags), (fd, newfd, flags))                               \
	X(int, socket, (int domain, int type, int protocol), (domain, type, protocol))                 \
	X(int, socketpair, (int domain, int type, int protocol, int pair[2]),                          \
	  (domain, type, protocol, pair))                                                              \
	X(int, accept, (int fd, struct sockaddr *addr, socklen_t *addrlen), (fd, addr, addrlen))       \
	X(int, accept4, (int fd, struct sockaddr *addr, socklen_t *addrlen, int flags),                \
	  (fd, addr, addrlen, flags))                                                                  \
	X(int, connect, (int fd, const struct sockaddr *addr, socklen_t addrlen), (fd, addr, addrlen)) \
	X(int, shutdown, (int fd, int how), (fd, how))                                                 \
	X(int, setsockopt, (int fd, int level, int option, const void *value, socklen_t length),       \
	  (fd, level, option, value, length))

/* An fd is made that is no new stream socket. */
#define REAL_CREATORS(X)                                                                          \
	X(ssize_t, recvmsg, (int fd, struct msghdr *msg, int flags), (fd, msg, flags))            \
	X(int, recvmmsg,                                                                          \
	  (int fd, struct mmsghdr *msgs, unsigned int vlen, int flags, struct timespec *timeout), \
	  (fd, msgs, vlen, flags, timeout))                                                       \
	X(int, creat, (const char *path, mode_t mode), (path, mode))                              \
	X(int, pipe, (int pair[2]), (pair))                                                       \
	X(int, pipe2, (int pair[2], int flags), (pair, flags))                                    \
	X(int, eventfd, (unsigned int value, int flags), (value, flags))                          \
	X(int, epoll_create, (int size), (size))                                                  \
	X(int, epoll_create1, (int flags), (flags))                                               \
	X(int, timerfd_create, (clockid_t clock, int flags), (clock, flags))                      \
	X(int, signalfd, (int fd, const sigset_t *mask, int flags), (fd, mask, flags))            \
	X(int, memfd_create, (const char *name, unsigned int flags), (name, flags))               \
	X(int, inotify_init, (void), ())                                                          \
	X(int, inotify_init1, (int flags), (flags))                                               \
	X(int, fanotify_init, (unsigned int flags, unsigned int event_flags), (flags, event_flags))

#define REAL_STDIO(X)                                                                            \
	X(int, fclose, (FILE * file), (file))                                                    \
	X(FILE *, freopen, (const char *path, const char *mode, FILE *file), (path, mode, file)) \
	X(FILE *, fdopen, (int fd, const char *mode), (fd, mode))                                \
	X(int, vdprintf, (int fd, const char *format, va_list list), (fd, format, list))

/* Bytes leave inside libc, or on another thread of its own. */
#define REAL_WAYS_AROUND(X)                                                                          \
	X(int, aio_write, (struct aiocb * control), (control))                                       \
	X(int, lio_listio, (int mode, struct aiocb *const *list, int count, struct sigevent *event), \
	  (mode, list, count, event))

#define REAL_THREADS(X)                                                                             \
	X(int, pthread_create,                                                                      \
	  (pthread_t * thread, const pthread_attr_t *attr, void *(*start)(void *), void *argument), \
	  (thread, attr, start, argument))                                                          \
	X(int, thrd_create, (thrd_t * thread, thrd_start_t start, void *argument),                  \
	  (thread, start, argument))                                                                \
	X(int, sigaltstack, (const stack_t *stack, stack_t *old), (stack, old))

/* A thread waits until fds are ready. */
#define REAL_WAITS(X)                                                                                        \
	X(int, poll, (struct pollfd * fds, nfds_t count, int timeout), (fds, count, timeout))                \
	X(int, ppoll,                                                                                        \
	  (struct pollfd * fds, nfds_t count, const struct timespec *timeout, const sigset_t *mask),         \
	  (fds, count, timeout, mask))                                                                       \
	X(int, select, (int count, fd_set *reads, fd_set *writes, fd_set *excepts, struct timeval *timeout), \
	  (count, reads, writes, excepts, timeout))                                                          \
	X(int, pselect,                                                                                      \
	  (int count, fd_set *reads, fd_set *writes, fd_set *excepts, const struct timespec *timeout,        \
	   const sigset_t *mask),                                                                            \
	  (count, reads, writes, excepts, timeout, mask))

#ifdef __GLIBC__
#define REAL_GLIBC_FUNCTIONS(X)                                                                           \
	X(void *, sbrk, (intptr_t more), (more))                                                          \
	X(ssize_t, sendfile64, (int fd, int in, off64_t *offset, size_t count), (fd, in, offset, count))  \
	X(ssize_t, pwritev2, (int fd, const struct iovec *iov, int iovcnt, off_t offset, int flags),      \
	  (fd, iov, iovcnt, offset, flags))                                                               \
	X(ssize_t, pwritev64v2, (int fd, const struct iovec *iov, int iovcnt, off64_t offset, int flags), \
	  (fd, iov, iovcnt, offset, flags))                                                               \
	X(int, close_range, (unsigned int first, unsigned int last, int flags), (first, last, flags))     \
	X(int, creat64, (const char *path, mode_t mode), (path, mode))                                    \
	X(int, __open_2, (const char *path, int flags), (path, flags))                                    \
	X(int, __open64_2, (const char *path, int flags), (path, flags))                                  \
	X(int, __openat_2, (int directory, const char *path, int flags), (directory, path, flags))        \
	X(int, __openat64_2, (int directory, const char *path, int flags), (directory, path, flags))      \
	X(int, pidfd_open, (pid_t pid, unsigned int flags), (pid, flags))                                 \
	X(pid_t, _Fork, (void), ())                                                                       \
	X(int, pidfd_getfd, (int pidfd, int fd, unsigned int flags), (pidfd, fd, flags))                  \
	X(FILE *, freopen64, (const char *path, const char *mode, FILE *file), (path, mode, file))        \
	X(int, __vdprintf_chk, (int fd, int flag, const char *format, va_list list),                      \
	  (fd, flag, format, list))                                                                       \
	X(int, aio_write64, (struct aiocb64 * control), (control))                                        \
	X(int, lio_listio64, (int mode, struct aiocb64 *const *list, int count, struct sigevent *event),  \
	  (mode, list, count, event))                                                                     \
	X(int, __poll_chk, (struct pollfd * fds, nfds_t count, int timeout, size_t size),                 \
	  (fds, count, timeout, size))                                                                    \
	X(int, __ppoll_chk,                                                                               \
	  (struct pollfd * fds, nfds_t count, const struct timespec *timeout, const sigset_t *mask,       \
	   size_t size),                                                                                  \
	  (fds, count, timeout, mask, size))
#else
#define REAL_GLIBC_FUNCTIONS(X)
#endif

/* 32 bit glibc: what programs with 64 bit times call, where it is another function. */
#if defined(__GLIBC__) && __TIMESIZE == 32
#define REAL_TIME64

struct real_timeval64 {
	int64_t tv_sec;
	int64_t tv_usec;
};

struct real_timespec64 {
	int64_t tv_sec;
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
	int32_t padding;
	int32_t tv_nsec;
#else
	int32_t tv_nsec;
	int32_t padding;
#endif
};

#define REAL_TIME64_FUNCTIONS(X)                                                                             \
	X(ssize_t, __recvmsg64, (int fd, struct msghdr *msg, int flags), (fd, msg, flags))                   \
	X(int, __recvmmsg64,                                                                                 \
	  (int fd, struct mmsghdr *msgs, unsigned int vlen, int flags, struct real_timespec64 *timeout),     \
	  (fd, msgs, vlen, flags, timeout))                                                                  \
	X(int, __ppoll64,                                                                                    \
	  (struct pollfd * fds, nfds_t count, const struct real_timespec64 *timeout, const sigset_t *mask),  \
	  (fds, count, timeout, mask))                                                                       \
	X(int, __select64,                                                                                   \
	  (int count, fd_set *reads, fd_set *writes, fd_set *excepts, struct real_timeval64 *timeout),       \
	  (count, reads, writes, excepts, timeout))                                                          \
	X(int, __pselect64,                                                                                  \
	  (int count, fd_set *reads, fd_set *writes, fd_set *excepts, const struct real_timespec64 *timeout, \
	   const sigset_t *mask),                                                                            \
	  (count, reads, writes, excepts, timeout, mask))
#else
#define REAL_TIME64_FUNCTIONS(X)
#endif

/*
 * The same for functions with one argument that may be left out; as libc does, it is read in any case.
 * X(name, parameters, the last of them, type of the argument, arguments).
 */
#define REAL_VARIADIC_FUNCTIONS(X)                                                          \
	X(fcntl, (int fd, int cmd, ...), cmd, void *, (fd, cmd, argument))                  \
	X(open, (const char *path, int flags, ...), flags, mode_t, (path, flags, argument)) \
	X(openat, (int directory, const char *path, int flags, ...), flags, mode_t,         \
	  (directory, path, flags, argument))                                               \
	REAL_GLIBC_VARIADIC_FUNCTIONS(X)

#ifdef __GLIBC__
#define REAL_GLIBC_VARIADIC_FUNCTIONS(X)                                                      \
	X(fcntl64, (int fd, int cmd, ...), cmd, void *, (fd, cmd, argument))                  \
	X(open64, (const char *path, int flags, ...), flags, mode_t, (path, flags, argument)) \
	X(openat64, (int directory, const char *path, int flags, ...), flags, mode_t,         \
	  (directory, path, flags, argument))
#else
#define REAL_GLIBC_VARIADIC_FUNCTIONS(X)
#endif

/* The same for functions that give nothing, or do not return: X(name, parameters, arguments). */
#define REAL_VOID_FUNCTIONS(X)                                                     \
	X(longjmp, (struct __jmp_buf_tag * buffer, int value), (buffer, value))    \
	X(_longjmp, (struct __jmp_buf_tag * buffer, int value), (buffer, value))   \
	X(siglongjmp, (struct __jmp_buf_tag * buffer, int value), (buffer, value)) \
	REAL_GLIBC_VOID_FUNCTIONS(X)

#ifdef __GLIBC__
#define REAL_GLIBC_VOID_FUNCTIONS(X)       \
	X(closefrom, (int first), (first)) \
	X(__longjmp_chk, (struct __jmp_buf_tag * buffer, int value), (buffer, value))
#else
#define REAL_GLIBC_VOID_FUNCTIONS(X)
#endif

#define REAL_POINTER(type, name, parameters, arguments) type(*name) parameters;
#define REAL_VARIADIC_POINTER(name, parameters, last, argument_type, arguments) int(*name) parameters;
#define REAL_VOID_POINTER(name, parameters, arguments) void(*name) parameters;

struct real {
	REAL_FUNCTIONS(REAL_POINTER)
	REAL_VARIADIC_FUNCTIONS(REAL_VARIADIC_POINTER)
	REAL_VOID_FUNCTIONS(REAL_VOID_POINTER)
	long (*syscall)(long number, ...);
	int (*prctl)(int option, ...);
	pid_t (*vfork)(void);
#ifdef __GLIBC__
	int (*clone)(int (*start)(void *), void *stack, int flags, void *argument, ...);
#endif
};

extern HIDDEN struct real real;

#ifndef __GLIBC__
int real_sendmmsg(int fd, struct mmsghdr *messages, unsigned int count, int flags);
#endif

/* Resolves every name with dlsym(RTLD_NEXT); idempotent. Names that libc lacks are never asked for: dlsym's
 * error path allocates. */
void real_resolve(void);

#endif
