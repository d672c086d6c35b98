#include <fcntl.h>

#include "hook.h"

static __attribute__((noinline)) ssize_t slow_splice(int in, off64_t *in_offset, int fd, off64_t *offset,
						     size_t len, unsigned int flags, uintptr_t slot,
						     uintptr_t frame)
{
	int dontwait = flags & SPLICE_F_NONBLOCK ? MSG_DONTWAIT : 0;
	struct call call = HOOK_CALL(slot, fd, dontwait, OFFER_UNSEEN, NULL, 0, frame);

	if (call.stream && !stream_enter(&call))
		return -1;
	return stream_leave(&call, real.splice(in, in_offset, fd, offset, len, flags));
}

HOOK ssize_t splice(int in, off64_t *in_offset, int fd, off64_t *offset, size_t len, unsigned int flags)
{
	uintptr_t slot = fdtable_slot(fd);

	if (fdtable_is_unguarded(slot))
		return real.splice(in, in_offset, fd, offset, len, flags);
	return slow_splice(in, in_offset, fd, offset, len, flags, slot, HOOK_CALLER);
}
