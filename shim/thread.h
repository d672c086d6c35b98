#ifndef POISONSHIM_THREAD_H
#define POISONSHIM_THREAD_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "hidden.h"

struct stream;

/* Calls of one thread that can be in the kernel at once: the one that runs and those its signal handlers
 * interrupted. */
#define THREAD_CALLS_MAX 8

struct inflight {
	struct stream *stream;	 /* NULL: the list ends here */
	const struct mark *mark; /* on the stack of the hook; may be gone */
	int fd;			 /* -1: waits for the stream, nothing is armed yet */
};

/* Stands on the stack of a hook while its call is in the kernel, so that it can be seen whether that stack is
 * still there. */
struct mark {
	struct stream *stream;
};

struct thread {
	pid_t pid;	/* process.pid when `token` was made; 0: never, or not to be trusted */
	uint32_t token; /* the owner word of streams that this thread is inside, stream.h */
	struct inflight calls[THREAD_CALLS_MAX + 1];
};

extern HIDDEN _Thread_local struct thread thread_self;

/* Before the stream is taken: a handler between the two must not find an owner without a call. The stream is
 * written last, it makes the entry one. */
static inline void thread_push(struct inflight *inflight, struct stream *stream, struct mark *mark,
			       int armed_fd)
{
	mark->stream = stream;
	inflight->mark = mark;
	inflight->fd = armed_fd;
	atomic_signal_fence(memory_order_seq_cst);
	inflight->stream = stream;
	atomic_signal_fence(memory_order_seq_cst);
}

/* After the stream is let go, for the same reason. */
static inline void thread_pop(struct inflight *inflight)
{
	atomic_signal_fence(memory_order_seq_cst);
	inflight->stream = NULL;
}

/* The first free entry; NULL: there is none. */
struct inflight *thread_free_entry(void);

void thread_start(void);

/* Fills in pid and token after thread creation or fork. False in a child that shares its parent's memory. */
bool thread_refresh(void);

/* The next write asks again which process this is: we may be a vfork child on the parent's thread memory. */
void thread_distrust(void);

/* True if the thread that made `token` has ended. Only for tokens of this process: same epoch. */
bool thread_is_gone(uint32_t token);

/* Finds calls that were left by a jump or an exception and abandons their streams. `mark` is that of the hook
 * that asks. */
void thread_drop_jumped(const struct mark *mark);

/* True if this thread has a call on `stream` in flight, other than `newest`, which asks. */
bool thread_is_inside(const struct stream *stream, const struct inflight *newest);

#endif
