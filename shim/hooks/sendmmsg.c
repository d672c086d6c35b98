#include "hook.h"

HOOK int sendmmsg(int fd, struct mmsghdr *msgs, unsigned int vlen, int flags)
{
	struct stream *stream = fdtable_lookup(fd);

	if (!stream)
		return real.sendmmsg(fd, msgs, vlen, flags);
	struct call call = HOOK_CALL(stream, fd, flags, OFFER_MESSAGES, msgs, vlen);
	if (!stream_enter(&call))
		return -1;
	return (int)stream_leave(&call, real.sendmmsg(fd, msgs, vlen, flags));
}
