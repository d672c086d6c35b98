#include "polls.h"

#define WAITS(timeout) (!(timeout) || (timeout)->tv_sec || (timeout)->tv_nsec)

HOOK_POLL(ppoll, (struct pollfd * fds, nfds_t count, const struct timespec *timeout, const sigset_t *mask),
	  (fds, count, timeout, mask), WAITS(timeout))

#ifdef __GLIBC__
/* As __poll_chk. */
HOOK_POLL(__ppoll_chk,
	  (struct pollfd * fds, nfds_t count, const struct timespec *timeout, const sigset_t *mask,
	   size_t size),
	  (fds, count, timeout, mask, size), WAITS(timeout))
#endif

#ifdef REAL_TIME64
HOOK int __ppoll64(struct pollfd *fds, nfds_t count, const struct real_timespec64 *timeout,
		   const sigset_t *mask);
HOOK_POLL(__ppoll64,
	  (struct pollfd * fds, nfds_t count, const struct real_timespec64 *timeout, const sigset_t *mask),
	  (fds, count, timeout, mask), WAITS(timeout))
#endif
