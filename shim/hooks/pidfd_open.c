#include "hook.h"

#ifdef __GLIBC__

HOOK int pidfd_open(pid_t pid, unsigned int flags);
HOOK_CREATES(pidfd_open, (pid_t pid, unsigned int flags), (pid, flags))

#endif
