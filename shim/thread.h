#ifndef POISONSHIM_THREAD_H
#define POISONSHIM_THREAD_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "hidden.h"

struct mark;
struct stream;

/* Calls of one thread that can be in the kernel at once: the one that runs and those its signal handlers
 * interrupted. */
#define THREAD_CALLS_MAX 8

struct inflight {
	struct stream *stream;
	const struct mark *mark; /* on the stack of the hook; may be gone */
	int fd;			 /* -1: waits for the stream, nothing is armed yet */
};

struct thread {
	pid_t pid;	/* process.pid when `token` was made; 0: never, or not to be trusted */
	uint32_t token; /* the owner word of streams that this thread is inside, stream.h */
	uint32_t depth; /* used entries of `calls` */
	struct inflight calls[THREAD_CALLS_MAX];
};

extern HIDDEN _Thread_local struct thread thread_self;

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

/* True if this thread has a call on `stream` that still runs, below the newest one, which asks. */
bool thread_is_inside(const struct stream *stream);

#endif
