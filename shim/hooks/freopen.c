#include <errno.h>

#include "hook.h"

/* The old file is flushed and closed, and the new one put in its place, inside libc. */
#define FREOPEN(name)                                                   \
	HOOK FILE *name(const char *path, const char *mode, FILE *file) \
	{                                                               \
		int saved = errno, old = fileno(file);                  \
                                                                        \
		errno = saved;                                          \
		FILE *result = real.name(path, mode, file);             \
		saved = errno;                                          \
		fdtable_replaced(old);                                  \
		if (result)                                             \
			fdtable_created(fileno(result));                \
		errno = saved;                                          \
		return result;                                          \
	}

FREOPEN(freopen)

#ifdef __GLIBC__
#undef freopen64
FREOPEN(freopen64)
#endif
