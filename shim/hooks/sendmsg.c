#include "hook.h"

HOOK ssize_t sendmsg(int fd, const struct msghdr *msg, int flags)
{
	struct stream *stream = fdtable_lookup(fd);

	if (!stream)
		return real.sendmsg(fd, msg, flags);
	struct call call = HOOK_CALL(stream, fd, flags, OFFER_MESSAGE, msg, 1);
	if (!stream_enter(&call))
		return -1;
	return stream_leave(&call, real.sendmsg(fd, msg, flags));
}
