#include "hook.h"

HOOK_WRITE(int, sendmmsg, (int fd, struct mmsghdr *msgs, unsigned int vlen, int flags),
	   (fd, msgs, vlen, flags), (fd, msgs, vlen, flags), flags, OFFER_MESSAGES, msgs, vlen)

#ifdef __GLIBC__
HOOK_ALIAS(sendmmsg, __sendmmsg);
#endif
