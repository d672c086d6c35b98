#include <fcntl.h>

#include "hook.h"

HOOK_WRITE_LONG(ssize_t, tee, (int in, int fd, size_t len, unsigned int flags), (in, fd, len, flags),
		(in, fd, len, flags), HOOK_SPLICE_FLAGS(flags), OFFER_UNSEEN, NULL, 0)
