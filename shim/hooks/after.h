#ifndef POISONSHIM_AFTER_H
#define POISONSHIM_AFTER_H

/* What the table must know after a call, for the hook by its name and for syscall() by its number. */

#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "hook.h"

#ifndef SOL_TLS
#define SOL_TLS 282 /* linux/socket.h */
#endif
#define TLS_TX 1 /* linux/tls.h */

#ifndef SCM_PIDFD
#define SCM_PIDFD 4 /* Linux 6.5 */
#endif

static inline void after_fcntl(int fd, int cmd, int result)
{
	if (result >= 0 && (cmd == F_DUPFD || cmd == F_DUPFD_CLOEXEC))
		fdtable_duplicated(fd, result);
}

static inline void after_dup(int fd, int result)
{
	if (result >= 0)
		fdtable_duplicated(fd, result);
}

static inline void after_socket(int domain, int type, int protocol, int result)
{
	if (result >= 0)
		fdtable_born(result, domain, type, protocol);
}

static inline void after_socketpair(int domain, int type, int protocol, const int pair[2], int result)
{
	if (result != 0)
		return;
	fdtable_born(pair[0], domain, type, protocol);
	fdtable_born(pair[1], domain, type, protocol);
}

static inline void after_accept(int listener, int result)
{
	if (result >= 0)
		fdtable_accepted(result, listener);
}

/* EFAULT did not come, so the kernel has read the family. */
static inline void after_connect(int fd, const struct sockaddr *address, socklen_t length, int result)
{
	if (result == 0 || errno == EINPROGRESS)
		fdtable_connected(fd, length >= sizeof(address->sa_family) ? address->sa_family : AF_UNSPEC);
}

static inline void after_shutdown(int fd, int how, int result)
{
	if (result == 0 && how != SHUT_RD)
		fdtable_shut_down(fd);
}

static inline void after_setsockopt(int fd, int level, int option, int result)
{
	if (result == 0 && level == SOL_TLS && option == TLS_TX)
		fdtable_transformed(fd);
}

static inline void after_pipe(const int pair[2], int result)
{
	if (result != 0)
		return;
	fdtable_created(pair[0]);
	fdtable_created(pair[1]);
}

static inline void after_sigaltstack(const stack_t *stack, int result)
{
	if (result == 0 && stack)
		thread_note_stack(stack);
}

/* A control message that brings fds. */
static inline void after_receiving_fds(const struct cmsghdr *control)
{
	size_t count = (control->cmsg_len - CMSG_LEN(0)) / sizeof(int);

	for (size_t i = 0; i < count; i++) {
		int fd;

		memcpy(&fd, CMSG_DATA(control) + i * sizeof(int), sizeof(fd));
		fdtable_received(fd);
	}
}

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wsign-conversion" /* in musl's macro */
static inline struct cmsghdr *after_control(struct msghdr *msg, struct cmsghdr *control)
{
	return CMSG_NXTHDR(msg, control);
}
#pragma GCC diagnostic pop

static inline void after_message(struct msghdr *msg)
{
	for (struct cmsghdr *control = CMSG_FIRSTHDR(msg); control; control = after_control(msg, control))
		if (control->cmsg_level == SOL_SOCKET && control->cmsg_len >= CMSG_LEN(0) &&
		    (control->cmsg_type == SCM_RIGHTS || control->cmsg_type == SCM_PIDFD))
			after_receiving_fds(control);
}

static inline void after_recvmsg(struct msghdr *msg, ssize_t result)
{
	if (result >= 0)
		after_message(msg);
}

static inline void after_recvmmsg(struct mmsghdr *msgs, int result)
{
	for (int i = 0; i < result; i++)
		after_message(&msgs[i].msg_hdr);
}

#endif
