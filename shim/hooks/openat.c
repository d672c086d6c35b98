#include <fcntl.h>
#include <stdarg.h>

#include "hook.h"

HOOK_OPENS(openat, (int directory, const char *path, int flags, ...), (directory, path, flags, mode))

#ifdef __GLIBC__
#undef openat64
HOOK_OPENS(openat64, (int directory, const char *path, int flags, ...), (directory, path, flags, mode))

HOOK int __openat_2(int directory, const char *path, int flags);
HOOK int __openat64_2(int directory, const char *path, int flags);
HOOK_CREATES(__openat_2, (int directory, const char *path, int flags), (directory, path, flags))
HOOK_CREATES(__openat64_2, (int directory, const char *path, int flags), (directory, path, flags))
#endif
