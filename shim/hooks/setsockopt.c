#include "after.h"

HOOK int setsockopt(int fd, int level, int option, const void *value, socklen_t length)
{
	int result = real.setsockopt(fd, level, option, value, length);

	after_setsockopt(fd, level, option, result);
	return result;
}

HOOK_TIME64(setsockopt, __setsockopt64)
