#include <errno.h>

#include "hook.h"
#include "stdio_jumps.h"

/* Where libc's own close is not seen. */
HOOK int fclose(FILE *file)
{
	if (stdio_jumps_are_ours())
		return real.fclose(file);

	int saved = errno, fd = fileno(file);
	struct stream *closing = fdtable_closing(fd);

	errno = saved;
	int result = real.fclose(file);
	fdtable_closed(fd, closing);
	return result;
}

#ifdef __GLIBC__
HOOK_ALIAS(fclose, _IO_fclose);
#endif
