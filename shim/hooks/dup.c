#include "after.h"

HOOK int dup(int fd)
{
	int result = real.dup(fd);

	after_dup(fd, result);
	return result;
}
