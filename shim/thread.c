#include "thread.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "memory.h"
#include "notice.h"
#include "process.h"
#include "real.h"
#include "sandbox.h"
#include "stream.h"

#define FREE THREAD_FD_FREE

_Thread_local struct thread thread_self = {.fds = {FREE, FREE, FREE, FREE, FREE, FREE, FREE, FREE, FREE}};

_Static_assert(THREAD_CALLS_MAX + 1 == 9, "the list above");
_Static_assert(offsetof(struct thread, calls[1]) <= 64, "one line of the cache");

static pthread_key_t exit_key;

/* The entry behind the last one stays free. */
uint32_t thread_depth(void)
{
	uint32_t depth = 0;

	while (thread_self.fds[depth] != THREAD_FD_FREE)
		depth++;
	return depth;
}

/* Newest first: an entry behind the list's end is not one. */
static void abandon_from(uint32_t first, enum cut cut)
{
	for (uint32_t i = thread_depth(); i > first; i--) {
		if (thread_self.fds[i - 1] >= 0)
			stream_abandon(thread_self.calls[i - 1].stream, thread_self.fds[i - 1], cut);
		thread_pop(i - 1);
	}
	notice_deliver();
}

/* Runs when the thread ends, behind its stack: whatever it still has in flight was cancelled. */
static void thread_ends(void *unused)
{
	(void)unused;
	abandon_from(0, CUT_CANCELLED);
}

void thread_start(void)
{
	pthread_key_create(&exit_key, thread_ends);
}

bool thread_refresh(void)
{
	if (!process_is_ours())
		return false;

	long tid = real.syscall(SYS_gettid);

	if (tid < 0)
		return false;
	thread_self.token = (uint32_t)tid & STREAM_OWNER_TID;
	thread_self.token |= (uint32_t)process_epoch << STREAM_OWNER_EPOCH_SHIFT & STREAM_OWNER_EPOCH;
	thread_self.pid = process.idle.pid;
	pthread_setspecific(exit_key, &thread_self);
	return true;
}

/* Of other streams, a handler may have interrupted a call that has not taken its own yet, or let it go. */
void thread_publish(const struct stream *stream)
{
	uint32_t depth = STREAM_SINGLE_THREADED ? thread_depth() : 0;

	for (uint32_t i = 0; i < depth; i++) {
		uint32_t nobody = 0;

		if (thread_self.fds[i] >= 0 && (!stream || thread_self.calls[i].stream == stream))
			atomic_compare_exchange_strong(&thread_self.calls[i].stream->owner, &nobody,
						       thread_self.token);
	}
}

void thread_distrust(void)
{
	thread_self.pid = 0;
}

bool thread_is_gone(uint32_t token)
{
	int saved = errno;
	bool gone =
	    real.syscall(SYS_tgkill, process.idle.pid, token & STREAM_OWNER_TID, 0) != 0 && errno == ESRCH;

	errno = saved;
	return gone;
}

static bool on_stack(const stack_t *alternate, uintptr_t address)
{
	return address - (uintptr_t)alternate->ss_sp < alternate->ss_size;
}

/* The kernel says nothing about one with SS_AUTODISARM while a handler runs on it. */
void thread_note_stack(const stack_t *stack)
{
	thread_self.alternate = *stack;
	if (stack->ss_flags & SS_DISABLE)
		thread_self.alternate.ss_size = 0;
}

/* The stack only tells when both marks are on the same one. A mark on the alternate stack that the
 * thread has left is dead; one on the normal stack seen from the alternate stack is older. */
static bool mark_is_popped(uintptr_t old, uintptr_t now)
{
	stack_t alternate = {0};
	int saved = errno;

	if (real.sigaltstack(NULL, &alternate) != 0 || (alternate.ss_flags & SS_DISABLE))
		alternate = thread_self.alternate;
	errno = saved;
	if (on_stack(&alternate, now) == on_stack(&alternate, old))
		return old < now;
	return on_stack(&alternate, old);
}

/* A jump followed by deeper calls lands other data where the mark was: this reads a frame that may be gone.
 */
__attribute__((no_sanitize("address"))) static bool mark_is_intact(const struct inflight *inflight)
{
	const struct mark *mark = inflight->mark;

	if (memory_readable(mark, sizeof(*mark)) < sizeof(*mark))
		return !memory_can_tell();
	return mark->stream == inflight->stream;
}

void thread_drop_jumped(uintptr_t frame)
{
	for (uint32_t i = 0; thread_self.fds[i] != THREAD_FD_FREE; i++) {
		const struct inflight *inflight = &thread_self.calls[i];

		if (mark_is_popped((uintptr_t)inflight->mark, frame) || !mark_is_intact(inflight)) {
			abandon_from(i, CUT_JUMPED_OVER);
			return;
		}
	}
}

void thread_jumping(uintptr_t target)
{
	if (!target || sandbox_holds() || !process_is_ours())
		return;
	for (uint32_t i = 0; thread_self.fds[i] != THREAD_FD_FREE; i++) {
		if (mark_is_popped((uintptr_t)thread_self.calls[i].mark, target)) {
			abandon_from(i, CUT_JUMPED_OVER);
			return;
		}
	}
}

bool thread_is_inside(const struct stream *stream, uint32_t newest)
{
	for (uint32_t i = 0; i < newest; i++)
		if (thread_self.calls[i].stream == stream)
			return true;
	return false;
}
