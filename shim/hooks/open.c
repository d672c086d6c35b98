#include <fcntl.h>
#include <stdarg.h>

#include "hook.h"

HOOK_OPENS(open, (const char *path, int flags, ...), (path, flags, mode))

#ifdef __GLIBC__
#undef open64
HOOK_OPENS(open64, (const char *path, int flags, ...), (path, flags, mode))
HOOK_ALIAS(open, __open);
HOOK_ALIAS(open64, __open64);

/* What open becomes in programs that were built with _FORTIFY_SOURCE. */
HOOK int __open_2(const char *path, int flags);
HOOK int __open64_2(const char *path, int flags);
HOOK_CREATES(__open_2, (const char *path, int flags), (path, flags))
HOOK_CREATES(__open64_2, (const char *path, int flags), (path, flags))
#endif
