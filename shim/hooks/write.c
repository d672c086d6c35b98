#include "hook.h"

HOOK ssize_t write(int fd, const void *buf, size_t count)
{
	struct stream *stream = fdtable_lookup(fd);

	if (!stream)
		return real.write(fd, buf, count);
	struct call call = HOOK_CALL(stream, fd, 0, OFFER_FLAT, buf, count);
	if (!stream_enter(&call))
		return -1;
	return stream_leave(&call, real.write(fd, buf, count));
}
