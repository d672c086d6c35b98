#include "after.h"

HOOK int recvmmsg(int fd, struct mmsghdr *msgs, unsigned int vlen, int flags, struct timespec *timeout)
{
	int result = real.recvmmsg(fd, msgs, vlen, flags, timeout);

	after_recvmmsg(msgs, result);
	return result;
}
