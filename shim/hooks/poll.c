#include "../wait.h"
#include "hook.h"

/* With a timeout of 0 it did not wait. */
static int finish(const struct pollfd *fds, nfds_t count, int timeout, int result)
{
	if (wait_was_in_vain(result) && timeout)
		wait_polled(fds, count, result);
	return result;
}

HOOK int poll(struct pollfd *fds, nfds_t count, int timeout)
{
	if (!wait_is_watched())
		return real.poll(fds, count, timeout);
	return finish(fds, count, timeout, real.poll(fds, count, timeout));
}

#ifdef __GLIBC__
HOOK_ALIAS(poll, __poll);

HOOK int __poll_chk(struct pollfd *fds, nfds_t count, int timeout, size_t size)
{
	if (!wait_is_watched())
		return real.__poll_chk(fds, count, timeout, size);
	return finish(fds, count, timeout, real.__poll_chk(fds, count, timeout, size));
}
#endif
