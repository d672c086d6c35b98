#ifndef POISONSHIM_WAIT_H
#define POISONSHIM_WAIT_H

/* Waits for writability that ended in vain, and the fds they waited for. */

#include <errno.h>
#include <poll.h>
#include <stdbool.h>
#include <sys/select.h>
#include <sys/time.h>

#include "sandbox.h"
#include "stream.h"

/* Asked before the call: all that a wait costs a process with no stream inside a message. */
static inline bool wait_is_watched(void)
{
	return __builtin_expect(atomic_load_explicit(&stream_waits_watched, memory_order_relaxed) != 0, 0) &&
	       !sandbox_holds();
}

/* poll and its kin return with nothing ready. */
static inline bool wait_was_in_vain(int result)
{
	return result == 0 || (result < 0 && errno == EINTR);
}

/* The array is one that the kernel has read. */
void wait_polled(const struct pollfd *fds, nfds_t count, int result);

/* Where the kernel puts its answer, the question is gone. fds beyond are not looked at. */
#define WAIT_FDS 8192

struct wait_set {
	int count;
	fd_mask masks[WAIT_FDS / NFDBITS];
};

/* Keeps the first `count` bits of a set, as far as it can be read. */
void wait_keep(struct wait_set *kept, const fd_set *set, int count);

void wait_selected(const struct wait_set *kept, int result);

#endif
