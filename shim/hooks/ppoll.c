#include "../wait.h"
#include "hook.h"

static int finish(const struct pollfd *fds, nfds_t count, const struct timespec *timeout, int result)
{
	if (wait_was_in_vain(result) && (!timeout || timeout->tv_sec || timeout->tv_nsec))
		wait_polled(fds, count, result);
	return result;
}

HOOK int ppoll(struct pollfd *fds, nfds_t count, const struct timespec *timeout, const sigset_t *mask)
{
	if (!wait_is_watched())
		return real.ppoll(fds, count, timeout, mask);
	return finish(fds, count, timeout, real.ppoll(fds, count, timeout, mask));
}

#ifdef __GLIBC__
HOOK int __ppoll_chk(struct pollfd *fds, nfds_t count, const struct timespec *timeout, const sigset_t *mask,
		     size_t size)
{
	if (!wait_is_watched())
		return real.__ppoll_chk(fds, count, timeout, mask, size);
	return finish(fds, count, timeout, real.__ppoll_chk(fds, count, timeout, mask, size));
}
#endif
