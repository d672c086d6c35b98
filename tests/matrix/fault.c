/*
 * The fault layer: a second preload under the shim (LD_PRELOAD="libpoisonshim.so libfault.so") that stands
 * for a kernel which takes exactly as many bytes as a test says. A test process plans through ctypes; an fd
 * without a plan is forwarded and counted, and nothing of its arguments is looked at.
 */

#include <dlfcn.h>
#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>
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

ssize_t writev(int fd, const struct iovec *iov, int count)
{
	struct plan *plan = enter(fd);
	struct iovec head[IOV_MAX];

	if (!planned(plan) || count < 0 || count > IOV_MAX)
		return next.writev(fd, iov, count);

	size_t length = total(iov, (size_t)count);

	if (refuse(plan, &length))
		return -1;
	return next.writev(fd, head, (int)head_of(head, iov, (size_t)count, length));
}

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
