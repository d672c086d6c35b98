#include <stdarg.h>

#include "hook.h"
#include "stdio_jumps.h"

/* dprintf and vdprintf, which are one, and what they become with _FORTIFY_SOURCE. */

static void look(int fd)
{
	if (!stdio_jumps_serve_dprintf())
		fdtable_unsee(fd, "dprintf sends bytes that cannot be seen");
}

HOOK int vdprintf(int fd, const char *format, va_list list)
{
	look(fd);
	return real.vdprintf(fd, format, list);
}

HOOK int dprintf(int fd, const char *format, ...)
{
	va_list list;

	va_start(list, format);
	int result = vdprintf(fd, format, list);
	va_end(list);
	return result;
}

#ifdef __GLIBC__
HOOK int __vdprintf_chk(int fd, int flag, const char *format, va_list list);
HOOK int __vdprintf_chk(int fd, int flag, const char *format, va_list list)
{
	look(fd);
	return real.__vdprintf_chk(fd, flag, format, list);
}

HOOK int __dprintf_chk(int fd, int flag, const char *format, ...);
HOOK int __dprintf_chk(int fd, int flag, const char *format, ...)
{
	va_list list;

	va_start(list, format);
	int result = __vdprintf_chk(fd, flag, format, list);
	va_end(list);
	return result;
}
#endif
