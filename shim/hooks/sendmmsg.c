#include "hook.h"

HOOK_WRITE(int, sendmmsg, (int fd, struct mmsghdr *msgs, unsigned int vlen, hook_flags flags),
	   (fd, msgs, vlen, (int)flags), (fd, msgs, vlen, flags), (int)flags, OFFER_MESSAGES, msgs, vlen)

#ifdef __GLIBC__
HOOK_ALIAS(sendmmsg, __sendmmsg);
#endif

HOOK_TIME64(sendmmsg, __sendmmsg64)
