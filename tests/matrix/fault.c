/*
 * The fault layer: a second preload under the shim (LD_PRELOAD="libpoisonshim.so libfault.so") that stands
 * for a kernel which takes exactly as many bytes as a test says. A test process plans through ctypes; an fd
 * without a plan is forwarded and counted, and nothing of its arguments is looked at.
 */

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#define FDS 1024

struct plan {
	bool active;
	bool cut;
	unsigned skip;
	size_t accept;
	int error;
	unsigned refusals;
	unsigned long calls;
};

static struct plan plans[FDS];

static struct {
	ssize_t (*write)(int, const void *, size_t);
	ssize_t (*writev)(int, const struct iovec *, int);
	ssize_t (*send)(int, const void *, size_t, int);
	ssize_t (*sendto)(int, const void *, size_t, int, const struct sockaddr *, socklen_t);
	ssize_t (*sendmsg)(int, const struct msghdr *, int);
	int (*sendmmsg)(int, struct mmsghdr *, unsigned, int);
	ssize_t (*sendfile)(int, int, off_t *, size_t);
#ifdef __GLIBC__
	ssize_t (*sendfile64)(int, int, off64_t *, size_t);
#endif
	ssize_t (*pwritev2)(int, const struct iovec *, int, off_t, int);
	ssize_t (*pwritev64v2)(int, const struct iovec *, int, off64_t, int);
	ssize_t (*vmsplice)(int, const struct iovec *, size_t, unsigned);
	long (*syscall)(long, ...);
} next;

/* From the `call`-th write call on fd on, counted from 1, the kernel takes `accept` bytes and not one more:
 * the call that would exceed them is cut, returning what it could place, or -1 and `error` if that is
 * nothing. Then `refusals` more calls with bytes in them fail with `error`, and the plan is over. */
void fault_plan(int fd, unsigned call, size_t accept, int error, unsigned refusals);
void fault_clear(int fd);

/* Write calls on fd that came through the shim. */
unsigned long fault_calls(int fd);

void fault_plan(int fd, unsigned call, size_t accept, int error, unsigned refusals)
{
	struct plan *plan = &plans[fd];

	plan->active = true;
	plan->cut = false;
	plan->skip = call - 1;
	plan->accept = accept;
	plan->error = error;
	plan->refusals = refusals;
}

void fault_clear(int fd)
{
	plans[fd].active = false;
}

unsigned long fault_calls(int fd)
{
	return plans[fd].calls;
}

static void resolve(void *pointer, const char *name)
{
	*(void **)pointer = dlsym(RTLD_NEXT, name);
}

__attribute__((constructor)) static void resolve_all(void)
{
	resolve(&next.write, "write");
	resolve(&next.writev, "writev");
	resolve(&next.send, "send");
	resolve(&next.sendto, "sendto");
	resolve(&next.sendmsg, "sendmsg");
	resolve(&next.sendmmsg, "sendmmsg");
	resolve(&next.sendfile, "sendfile");
#ifdef __GLIBC__
	resolve(&next.sendfile64, "sendfile64");
#endif
	resolve(&next.pwritev2, "pwritev2");
	resolve(&next.pwritev64v2, "pwritev64v2");
	resolve(&next.vmsplice, "vmsplice");
	resolve(&next.syscall, "syscall");
}

/* The shim's constructor, or a test's, may write before ours has run. */
static struct plan *enter(int fd)
{
	if (!next.write)
		resolve_all();
	if (fd < 0 || fd >= FDS)
		return NULL;
	plans[fd].calls++;
	return &plans[fd];
}

/* How many of the bytes offered may pass. */
static size_t allowance(struct plan *plan, size_t offered)
{
	if (plan->skip) {
		plan->skip--;
		return offered;
	}
	if (plan->cut && plan->refusals) {
		plan->refusals--;
		return 0;
	}
	if (plan->cut) {
		plan->active = false;
		return offered;
	}

	size_t allowed = offered < plan->accept ? offered : plan->accept;

	plan->accept -= allowed;
	plan->cut = allowed < offered;
	return allowed;
}

/* True if the call must fail with errno set; otherwise *length is cut to what may pass. */
static bool refuse(struct plan *plan, size_t *length)
{
	if (!plan || !plan->active || !*length)
		return false;
	size_t allowed = allowance(plan, *length);
	bool refused = !allowed;

	if (refused)
		errno = plan->error;
	*length = allowed;
	return refused;
}

static size_t total(const struct iovec *iov, size_t count)
{
	size_t sum = 0;

	for (size_t i = 0; i < count; i++)
		sum += iov[i].iov_len;
	return sum;
}

/* Copies the vectors that hold the first `length` bytes, the last one shortened; returns how many there are.
 */
static size_t head_of(struct iovec *head, const struct iovec *iov, size_t count, size_t length)
{
	size_t i = 0;

	while (length && i < count) {
		head[i] = iov[i];
		if (head[i].iov_len > length)
			head[i].iov_len = length;
		length -= head[i++].iov_len;
	}
	return i;
}

static bool planned(const struct plan *plan)
{
	return plan && plan->active;
}

ssize_t write(int fd, const void *buf, size_t count)
{
	struct plan *plan = enter(fd);

	return refuse(plan, &count) ? -1 : next.write(fd, buf, count);
}

ssize_t send(int fd, const void *buf, size_t count, int flags)
{
	struct plan *plan = enter(fd);

	return refuse(plan, &count) ? -1 : next.send(fd, buf, count, flags);
}

__extension__ ssize_t sendto(int fd, const void *buf, size_t count, int flags, const struct sockaddr *addr,
			     socklen_t length)
{
	struct plan *plan = enter(fd);

	return refuse(plan, &count) ? -1 : next.sendto(fd, buf, count, flags, addr, length);
}

/* Cuts a vector to what may pass; false: it must fail with errno set. Without a plan it stays as it is. */
static bool cut_vector(int fd, const struct iovec **iov, size_t *count, struct iovec head[IOV_MAX])
{
	struct plan *plan = enter(fd);

	if (!planned(plan) || *count > IOV_MAX)
		return true;

	size_t length = total(*iov, *count);

	if (refuse(plan, &length))
		return false;
	*count = head_of(head, *iov, *count, length);
	*iov = head;
	return true;
}

ssize_t writev(int fd, const struct iovec *iov, int count)
{
	struct iovec head[IOV_MAX];
	size_t vectors = (size_t)count;

	return cut_vector(fd, &iov, &vectors, head) ? next.writev(fd, iov, (int)vectors) : -1;
}

ssize_t pwritev2(int fd, const struct iovec *iov, int count, off_t offset, int flags)
{
	struct iovec head[IOV_MAX];
	size_t vectors = (size_t)count;

	return cut_vector(fd, &iov, &vectors, head) ? next.pwritev2(fd, iov, (int)vectors, offset, flags)
						    : -1;
}

#undef pwritev64v2
ssize_t pwritev64v2(int fd, const struct iovec *iov, int count, off64_t offset, int flags)
{
	struct iovec head[IOV_MAX];
	size_t vectors = (size_t)count;

	return cut_vector(fd, &iov, &vectors, head) ? next.pwritev64v2(fd, iov, (int)vectors, offset, flags)
						    : -1;
}

ssize_t vmsplice(int fd, const struct iovec *iov, size_t count, unsigned flags)
{
	struct iovec head[IOV_MAX];

	return cut_vector(fd, &iov, &count, head) ? next.vmsplice(fd, iov, count, flags) : -1;
}

ssize_t sendfile(int fd, int in, off_t *offset, size_t count)
{
	struct plan *plan = enter(fd);

	return refuse(plan, &count) ? -1 : next.sendfile(fd, in, offset, count);
}

#ifdef __GLIBC__
#undef sendfile64
ssize_t sendfile64(int fd, int in, off64_t *offset, size_t count)
{
	struct plan *plan = enter(fd);

	return refuse(plan, &count) ? -1 : next.sendfile64(fd, in, offset, count);
}
#endif

static ssize_t send_head(int fd, const struct msghdr *msg, size_t length, int flags)
{
	struct iovec iov[IOV_MAX];
	struct msghdr head = *msg;

	head.msg_iov = iov;
	head.msg_iovlen =
	    (__typeof__(head.msg_iovlen))head_of(iov, msg->msg_iov, (size_t)msg->msg_iovlen, length);
	return next.sendmsg(fd, &head, flags);
}

ssize_t sendmsg(int fd, const struct msghdr *msg, int flags)
{
	struct plan *plan = enter(fd);

	if (!planned(plan) || (size_t)msg->msg_iovlen > IOV_MAX)
		return next.sendmsg(fd, msg, flags);

	size_t length = total(msg->msg_iov, (size_t)msg->msg_iovlen);

	if (refuse(plan, &length))
		return -1;
	return send_head(fd, msg, length, flags);
}

/* As the kernel does it: a message that was taken in part counts as sent, and is the last. */
static int send_heads(int fd, struct mmsghdr *msgs, unsigned count, size_t length, int flags)
{
	unsigned sent = 0;

	while (sent < count) {
		struct mmsghdr *msg = &msgs[sent];
		size_t whole = total(msg->msg_hdr.msg_iov, (size_t)msg->msg_hdr.msg_iovlen);
		size_t part = whole < length ? whole : length;

		if (whole && !part)
			break;
		ssize_t placed = send_head(fd, &msg->msg_hdr, part, flags);
		if (placed < 0)
			return sent ? (int)sent : -1;
		msg->msg_len = (unsigned)placed;
		sent++;
		if ((size_t)placed < whole)
			break;
		length -= part;
	}
	return (int)sent;
}

/* musl declares the flags unsigned. */
#ifdef __GLIBC__
typedef int mmsg_flags;
#else
typedef unsigned mmsg_flags;
#endif

int sendmmsg(int fd, struct mmsghdr *msgs, unsigned count, mmsg_flags flags)
{
	struct plan *plan = enter(fd);
	size_t length = 0;

	if (!planned(plan))
		return next.sendmmsg(fd, msgs, count, (int)flags);
	for (unsigned i = 0; i < count; i++)
		length += total(msgs[i].msg_hdr.msg_iov, (size_t)msgs[i].msg_hdr.msg_iovlen);
	if (refuse(plan, &length))
		return -1;
	return send_heads(fd, msgs, count, length, (int)flags);
}

#ifdef __GLIBC__
/* The other names of some of them. */
ssize_t __write(int fd, const void *buf, size_t count) __attribute__((alias("write")));
ssize_t __send(int fd, const void *buf, size_t count, int flags) __attribute__((alias("send")));
int __sendmmsg(int fd, struct mmsghdr *msgs, unsigned count, int flags) __attribute__((alias("sendmmsg")));
#endif

static void *pointer(long argument)
{
	return (void *)argument;
}

long syscall(long number, ...)
{
	long a[6];
	va_list arguments;

	va_start(arguments, number);
	for (int i = 0; i < 6; i++)
		a[i] = va_arg(arguments, long);
	va_end(arguments);
	switch (number) {
	case SYS_write:
		return write((int)a[0], pointer(a[1]), (size_t)a[2]);
	case SYS_writev:
		return writev((int)a[0], pointer(a[1]), (int)a[2]);
	case SYS_pwritev2:
		return pwritev2((int)a[0], pointer(a[1]), (int)a[2], a[3], (int)a[5]);
	case SYS_sendto:
		return sendto((int)a[0], pointer(a[1]), (size_t)a[2], (int)a[3], pointer(a[4]),
			      (socklen_t)a[5]);
	case SYS_sendmsg:
		return sendmsg((int)a[0], pointer(a[1]), (int)a[2]);
	case SYS_sendmmsg:
		return sendmmsg((int)a[0], pointer(a[1]), (unsigned)a[2], (mmsg_flags)a[3]);
	case SYS_sendfile:
		return sendfile((int)a[0], (int)a[1], pointer(a[2]), (size_t)a[3]);
	case SYS_vmsplice:
		return vmsplice((int)a[0], pointer(a[1]), (size_t)a[2], (unsigned)a[3]);
	default:
		return next.syscall(number, a[0], a[1], a[2], a[3], a[4], a[5]);
	}
}
