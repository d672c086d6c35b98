#include <errno.h>

#include "hook.h"
#include "stdio_jumps.h"

/* Where libc's own close is not seen. */
HOOK int fclose(FILE *file)
{
	int saved = errno;

	if (!stdio_jumps_are_ours())
		fdtable_closing(fileno(file));
	errno = saved;
	return real.fclose(file);
}
