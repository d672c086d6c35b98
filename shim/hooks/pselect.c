#include "../wait.h"
#include "hook.h"

static __attribute__((noinline)) int watched_pselect(int count, fd_set *reads, fd_set *writes,
						     fd_set *excepts, const struct timespec *timeout,
						     const sigset_t *mask)
{
	struct wait_set asked;

	wait_keep(&asked, writes, count);
	int result = real.pselect(count, reads, writes, excepts, timeout, mask);
	if (wait_was_in_vain(result) && (!timeout || timeout->tv_sec || timeout->tv_nsec))
		wait_selected(&asked, result);
	return result;
}

HOOK int pselect(int count, fd_set *reads, fd_set *writes, fd_set *excepts, const struct timespec *timeout,
		 const sigset_t *mask)
{
	if (writes && wait_is_watched())
		return watched_pselect(count, reads, writes, excepts, timeout, mask);
	return real.pselect(count, reads, writes, excepts, timeout, mask);
}
