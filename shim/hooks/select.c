#include "../memory.h"
#include "../wait.h"
#include "hook.h"

/* Before the call, which counts it down to 0. */
static bool waits(const struct timeval *timeout)
{
	return memory_readable(timeout, sizeof(*timeout)) < sizeof(*timeout) || timeout->tv_sec ||
	       timeout->tv_usec;
}

static __attribute__((noinline)) int watched_select(int count, fd_set *reads, fd_set *writes, fd_set *excepts,
						    struct timeval *timeout)
{
	struct wait_set asked;
	bool patient = waits(timeout);

	wait_keep(&asked, writes, count);
	int result = real.select(count, reads, writes, excepts, timeout);
	if (wait_was_in_vain(result) && patient)
		wait_selected(&asked, result);
	return result;
}

HOOK int select(int count, fd_set *reads, fd_set *writes, fd_set *excepts, struct timeval *timeout)
{
	if (writes && wait_is_watched())
		return watched_select(count, reads, writes, excepts, timeout);
	return real.select(count, reads, writes, excepts, timeout);
}

#ifdef __GLIBC__
HOOK_ALIAS(select, __select);
#endif
