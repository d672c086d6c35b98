#ifndef POISONSHIM_THREAD_H
#define POISONSHIM_THREAD_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct call;
struct stream;

/* Calls of one thread that can be in the kernel at once: the one that runs and those its signal handlers
 * interrupted. */
#define THREAD_CALLS_MAX 8

struct inflight {
	struct stream *stream;
	const struct call *call; /* on the stack of the hook; may be gone */
	uintptr_t frame;	 /* stack pointer of the hook's caller */
	uint64_t cookie;	 /* what call->cookie was */
	int fd;
};

struct thread {
	pid_t pid; /* process.pid when `tid` was taken; 0: never, or not to be trusted */
	pid_t tid;
	uint32_t depth; /* used entries of `calls` */
	uint64_t cookies;
	struct inflight calls[THREAD_CALLS_MAX];
};

extern _Thread_local struct thread thread_self;

void thread_start(void);

/* Fills in pid and tid after thread creation or fork. False in a child that shares its parent's memory. */
bool thread_refresh(void);

/* The next write asks again which process this is: we may be a vfork child on the parent's thread memory. */
void thread_distrust(void);

/* True if thread `tid` of this process has ended. */
bool thread_is_gone(pid_t tid);

/* Finds calls that were left by a jump or an exception, newest first, and abandons their streams. `frame` is
 * the stack pointer of the caller of the hook that asks. */
void thread_drop_jumped(uintptr_t frame);

/* True if this thread has a call on `stream` that still runs, below the newest one, which asks. */
bool thread_is_inside(const struct stream *stream);

#endif
