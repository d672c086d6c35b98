#include "after.h"

#define RECVMSG(name)                                            \
	HOOK ssize_t name(int fd, struct msghdr *msg, int flags) \
	{                                                        \
		ssize_t result = real.name(fd, msg, flags);      \
                                                                 \
		after_recvmsg(msg, result);                      \
		return result;                                   \
	}

RECVMSG(recvmsg)

#ifdef REAL_TIME64
HOOK ssize_t __recvmsg64(int fd, struct msghdr *msg, int flags);
RECVMSG(__recvmsg64)
#endif
