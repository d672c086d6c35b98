#include "stream.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/futex.h>
#include <pthread.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include "fdtable.h"
#include "real.h"
#include "sandbox.h"

/* How long a caller that must not block waits for another non-blocking call to come back from the kernel: the
 * kernel's own socket lock makes it wait for that too, and an EAGAIN there would lose an edge-triggered
 * wakeup. */
#define NONBLOCKING_PATIENCE_MS 20

bool stream_is_nonblocking(const struct call *call)
{
	int saved = errno;
	bool nonblocking = (call->flags & MSG_DONTWAIT) || (real.fcntl(call->fd, F_GETFL) & O_NONBLOCK);

	errno = saved;
	return nonblocking;
}

void stream_wake(struct stream *stream)
{
	int saved = errno;

	real.syscall(SYS_futex, &stream->owner, FUTEX_WAKE_PRIVATE, INT_MAX, NULL, NULL, 0);
	errno = saved;
}

/* Milliseconds this call may wait; 0: for ever. */
static uint32_t patience_ms(const struct call *call)
{
	struct timeval timeout = {0};
	socklen_t length = sizeof(timeout);

	if (call->flags & MSG_DONTWAIT)
		return 1;
	if (stream_is_nonblocking(call))
		return NONBLOCKING_PATIENCE_MS;
	if (getsockopt(call->fd, SOL_SOCKET, SO_SNDTIMEO, &timeout, &length) != 0)
		return 0;
	return (uint32_t)(timeout.tv_sec * 1000 + (timeout.tv_usec + 999) / 1000);
}

/* Without a timeout the kernel restarts FUTEX_WAIT after a handler with SA_RESTART and says EINTR after one
 * without, just as it does for a write. */
static long futex_wait(struct stream *stream, uint32_t owner, uint32_t patience)
{
	/* The timespec of SYS_futex has longs, whatever libc's time_t is. */
	const long timeout[2] = {(long)(patience / 1000), (long)(patience % 1000) * 1000000};
	int type;

	pthread_setcanceltype(PTHREAD_CANCEL_ASYNCHRONOUS, &type);
	long result = real.syscall(SYS_futex, &stream->owner, FUTEX_WAIT_PRIVATE, owner,
				   patience ? timeout : NULL, NULL, 0);
	int error = errno;
	pthread_setcanceltype(type, NULL);
	errno = error;
	return result;
}

/* Waits until the owner leaves or changes. False: the caller's patience is over, errno says how. */
static bool wait_for_owner(struct stream *stream, const struct call *call, uint32_t owner, uint32_t since)
{
	uint32_t patience = patience_ms(call), waited = stream_clock_ms() - since;

	if (patience && waited >= patience) {
		errno = EAGAIN;
		return false;
	}
	if (!(owner & STREAM_WAITERS) &&
	    !atomic_compare_exchange_strong(&stream->owner, &owner, owner | STREAM_WAITERS))
		return true;
	if (futex_wait(stream, owner | STREAM_WAITERS, patience ? patience - waited : 0) == 0)
		return true;
	return errno != EINTR || stream_is_nonblocking(call);
}

static bool steal(struct stream *stream, uint32_t owner)
{
	uint32_t mine = (owner & (STREAM_WAITERS | STREAM_CLOSED)) | thread_self.token;

	return atomic_compare_exchange_strong(&stream->owner, &owner, mine);
}

static bool is_of_this_process(uint32_t token)
{
	return ((token ^ thread_self.token) & STREAM_OWNER_EPOCH) == 0;
}

/* One look at a stream that is owned. STREAM_BUSY: wait and look again. */
static enum stream_acquired look(struct stream *stream, uint32_t owner)
{
	if (!is_of_this_process(owner))
		return steal(stream, owner) ? STREAM_INHERITED : STREAM_BUSY;
	/* We are not inside: then a thread that is gone had our number. */
	if ((owner & STREAM_OWNER) == thread_self.token || thread_is_gone(owner))
		return steal(stream, owner) ? STREAM_OWNER_GONE : STREAM_BUSY;
	return STREAM_BUSY;
}

/* Its number may have been closed, and may mean another connection by now. */
static bool is_still_meant(const struct stream *stream, int fd, uint32_t identity)
{
	return fdtable_means(fd, stream) && stream->link.spare == identity;
}

/* The kernel would have written to what was closed. We cannot any more, and must not write to what came after
 * it. */
static enum stream_acquired closed_while_waiting(void)
{
	errno = EBADF;
	return STREAM_BUSY;
}

enum stream_acquired stream_acquire(struct stream *stream, const struct call *call)
{
	uint32_t identity = stream->link.spare, since = 0;

	for (;;) {
		uint32_t owner = 0;
		bool taken = atomic_compare_exchange_strong(&stream->owner, &owner, thread_self.token);

		if (!is_still_meant(stream, call->fd, identity)) {
			if (taken)
				stream_release(stream);
			return since ? closed_while_waiting() : STREAM_STALE;
		}
		if (taken)
			return STREAM_ACQUIRED;
		if (!(owner & STREAM_OWNER))
			continue;
		if (sandbox_holds())
			return STREAM_STALE;
		enum stream_acquired seen = look(stream, owner);
		if (seen != STREAM_BUSY)
			return seen;
		if (!since)
			since = stream_clock_ms();
		if (!wait_for_owner(stream, call, owner, since))
			return STREAM_BUSY;
	}
}
