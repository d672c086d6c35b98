#include "after.h"

#define RECVMMSG(name, timespec)                                                                            \
	HOOK int name(int fd, struct mmsghdr *msgs, unsigned int vlen, hook_flags flags, timespec *timeout) \
	{                                                                                                   \
		int result = real.name(fd, msgs, vlen, (int)flags, timeout);                                \
                                                                                                            \
		after_recvmmsg(msgs, result);                                                               \
		return result;                                                                              \
	}

RECVMMSG(recvmmsg, struct timespec)

#ifdef REAL_TIME64
HOOK int __recvmmsg64(int fd, struct mmsghdr *msgs, unsigned int vlen, int flags,
		      struct real_timespec64 *timeout);
RECVMMSG(__recvmmsg64, struct real_timespec64)
#endif
