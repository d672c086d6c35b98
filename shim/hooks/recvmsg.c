#include "after.h"

HOOK ssize_t recvmsg(int fd, struct msghdr *msg, int flags)
{
	ssize_t result = real.recvmsg(fd, msg, flags);

	after_recvmsg(msg, result);
	return result;
}
