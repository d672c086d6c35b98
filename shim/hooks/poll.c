#include "polls.h"

HOOK_POLL(poll, (struct pollfd * fds, nfds_t count, int timeout), (fds, count, timeout), timeout != 0)

#ifdef __GLIBC__
HOOK_ALIAS(poll, __poll);

/* What poll becomes in programs that were built with _FORTIFY_SOURCE. */
HOOK_POLL(__poll_chk, (struct pollfd * fds, nfds_t count, int timeout, size_t size),
	  (fds, count, timeout, size), timeout != 0)
#endif
