#include "hook.h"

HOOK_CREATES(creat, (const char *path, mode_t mode), (path, mode))

#ifdef __GLIBC__
#undef creat64
HOOK_CREATES(creat64, (const char *path, mode_t mode), (path, mode))
#endif
