#include "after.h"

HOOK int shutdown(int fd, int how)
{
	int result = real.shutdown(fd, how);

	after_shutdown(fd, how, result);
	return result;
}
