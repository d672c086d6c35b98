#include <fcntl.h>

#include "hook.h"

HOOK_WRITE_LONG(ssize_t, splice,
		(int in, off64_t *in_offset, int fd, off64_t *offset, size_t len, unsigned int flags),
		(in, in_offset, fd, offset, len, flags), (in, in_offset, fd, offset, len, flags),
		HOOK_SPLICE_FLAGS(flags), OFFER_UNSEEN, NULL, 0)
