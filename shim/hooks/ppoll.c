#include "polls.h"

static bool waits(const struct timespec *timeout)
{
	return !timeout || timeout->tv_sec || timeout->tv_nsec;
}

HOOK_POLL(ppoll, (struct pollfd * fds, nfds_t count, const struct timespec *timeout, const sigset_t *mask),
	  (fds, count, timeout, mask), waits(timeout))

#ifdef __GLIBC__
/* As __poll_chk. */
HOOK_POLL(__ppoll_chk,
	  (struct pollfd * fds, nfds_t count, const struct timespec *timeout, const sigset_t *mask,
	   size_t size),
	  (fds, count, timeout, mask, size), waits(timeout))
#endif
