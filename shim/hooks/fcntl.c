#include <stdarg.h>

#include "after.h"

/* As glibc does: the third argument is read as a pointer, whatever it is. */
#define FORWARD(name)                                       \
	HOOK int name(int fd, int cmd, ...)                 \
	{                                                   \
		va_list arguments;                          \
                                                            \
		va_start(arguments, cmd);                   \
		void *argument = va_arg(arguments, void *); \
		va_end(arguments);                          \
		int result = real.name(fd, cmd, argument);  \
		after_fcntl(fd, cmd, result);               \
		return result;                              \
	}

FORWARD(fcntl)

#ifdef __GLIBC__
#undef fcntl64
FORWARD(fcntl64)
HOOK_ALIAS(fcntl, __fcntl);
HOOK_ALIAS(fcntl64, __libc_fcntl64);
#endif

HOOK_TIME64(fcntl64, __fcntl_time64)
