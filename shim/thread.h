#ifndef POISONSHIM_THREAD_H
#define POISONSHIM_THREAD_H

#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#ifdef __GLIBC__
#include <sys/single_threaded.h>
#define STREAM_SINGLE_THREADED (__libc_single_threaded)
#else
#define STREAM_SINGLE_THREADED 0
#endif

#include "hidden.h"
#include "process.h"

struct stream;

/* Calls of one thread that can be in the kernel at once: the one that runs and those its signal handlers
 * interrupted. */
#define THREAD_CALLS_MAX 8

/* Stands on the stack of a hook while its call is in the kernel, so that it can be seen whether that stack is
 * still there. */
struct mark {
	struct stream *stream;
};

struct inflight {
	struct stream *stream;
	const struct mark *mark; /* may be gone */
};

/* Besides the fd of a call that is armed: */
#define THREAD_FD_FREE (-1)    /* no call here: the list ends */
#define THREAD_FD_WAITING (-2) /* the call waits for its stream, nothing is armed yet */

struct thread {
	/* A clean write touches the first line of the cache, to the end of calls[0]. `pid` and fds[0] are
	 * compared in one go with process.idle. */
	_Alignas(64) pid_t pid; /* process.pid when `token` was made; 0: never, or not to be trusted */
	int fds[THREAD_CALLS_MAX + 1];
	uint32_t token; /* the owner word of streams that this thread is inside, stream.h */
	struct inflight calls[THREAD_CALLS_MAX];
	stack_t alternate; /* where its signal handlers run, as it said itself; size 0: none */
};

extern HIDDEN _Thread_local struct thread thread_self;

/* True if the thread is known and has no call in flight. */
static inline bool thread_is_idle(void)
{
	const union process_word *word = (const union process_word *)(const void *)&thread_self;

	return word->both == process.idle.both;
}

/* Before the stream is taken: a handler between the two must not find an owner without a call. The fd is
 * written last, it makes the entry one. */
static inline void thread_push(uint32_t entry, struct stream *stream, struct mark *mark, int fd)
{
	mark->stream = stream;
	thread_self.calls[entry].stream = stream;
	thread_self.calls[entry].mark = mark;
	atomic_signal_fence(memory_order_seq_cst);
	thread_self.fds[entry] = fd;
	atomic_signal_fence(memory_order_seq_cst);
}

/* After the stream is let go, for the same reason. */
static inline void thread_pop(uint32_t entry)
{
	atomic_signal_fence(memory_order_seq_cst);
	thread_self.fds[entry] = THREAD_FD_FREE;
}

/* How many calls are in flight: the number of the first free entry, THREAD_CALLS_MAX if there is none. */
uint32_t thread_depth(void);

void thread_start(void);

/* Fills in pid and token after thread creation or fork. False in a child that shares its parent's memory. */
bool thread_refresh(void);

/* Single-threaded calls leave no owner. Before another thread comes (`stream` NULL: all of them) or a stream
 * is closed (only that), the streams in whose calls we are, or were until a jump, get theirs. */
void thread_publish(const struct stream *stream);

/* The next write asks again which process this is: we may be a vfork child on the parent's thread memory. */
void thread_distrust(void);

/* True if the thread that made `token` has ended. Only for tokens of this process: same epoch. */
bool thread_is_gone(uint32_t token);

/* Finds calls that were left by a jump or an exception and abandons their streams. `frame` is the stack
 * pointer of the caller of the hook that asks. */
void thread_drop_jumped(uintptr_t frame);

/* True if it has none in flight, and left none by a jump. */
static inline bool thread_has_no_call(void)
{
	return thread_self.fds[0] == THREAD_FD_FREE;
}

/* The thread jumps to where its stack pointer is `target` (0: nobody knows): abandons the streams in whose
 * calls it was. */
void thread_jumping(uintptr_t target);

/* sigaltstack succeeded. */
void thread_note_stack(const stack_t *stack);

/* True if this thread has a call on `stream` in flight, other than `newest`, which asks. */
bool thread_is_inside(const struct stream *stream, uint32_t newest);

#endif
