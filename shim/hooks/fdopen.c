#include <string.h>

#include "hook.h"
#include "stdio_jumps.h"

HOOK FILE *fdopen(int fd, const char *mode)
{
	FILE *file = real.fdopen(fd, mode);

	if (file && !stdio_jumps_are_ours() && (*mode != 'r' || strchr(mode, '+')))
		fdtable_unsee(fd, "stdio sends bytes that cannot be seen");
	return file;
}

#ifdef __GLIBC__
HOOK_ALIAS(fdopen, _IO_fdopen);
#endif
