#include "hook.h"

HOOK_WRITE(ssize_t, sendmsg, (int fd, const struct msghdr *msg, int flags), (fd, msg, flags),
	   (fd, msg, flags), flags, OFFER_MESSAGE, msg, 1)

HOOK_TIME64(sendmsg, __sendmsg64)
