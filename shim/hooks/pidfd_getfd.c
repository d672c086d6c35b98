#include "hook.h"

#ifdef __GLIBC__

/* It may be a duplicate of one that we have. */
HOOK int pidfd_getfd(int pidfd, int target, unsigned int flags);
HOOK_CREATES(pidfd_getfd, (int pidfd, int target, unsigned int flags), (pidfd, target, flags))

#endif
