#include "hook.h"

HOOK ssize_t send(int fd, const void *buf, size_t len, int flags)
{
	struct stream *stream = fdtable_lookup(fd);

	if (!stream)
		return real.send(fd, buf, len, flags);
	struct call call = HOOK_CALL(stream, fd, flags, OFFER_FLAT, buf, len);
	if (!stream_enter(&call))
		return -1;
	return stream_leave(&call, real.send(fd, buf, len, flags));
}
