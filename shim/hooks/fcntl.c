#include <fcntl.h>
#include <stdarg.h>

#include "hook.h"

static int finish(int fd, int cmd, int result)
{
	if (result >= 0 && (cmd == F_DUPFD || cmd == F_DUPFD_CLOEXEC))
		fdtable_duplicated(fd, result);
	return result;
}

/* As glibc does: the third argument is read as a pointer, whatever it is. */
#define FORWARD(name)                                                 \
	HOOK int name(int fd, int cmd, ...)                           \
	{                                                             \
		va_list arguments;                                    \
                                                                      \
		va_start(arguments, cmd);                             \
		void *argument = va_arg(arguments, void *);           \
		va_end(arguments);                                    \
		return finish(fd, cmd, real.name(fd, cmd, argument)); \
	}

FORWARD(fcntl)

#undef fcntl64
FORWARD(fcntl64)
