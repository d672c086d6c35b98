#include "after.h"

HOOK int dup3(int fd, int newfd, int flags)
{
	int result = real.dup3(fd, newfd, flags);

	after_dup(fd, result);
	return result;
}
