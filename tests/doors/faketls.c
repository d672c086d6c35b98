/* Stands below the guard, for a kernel that has TLS: it takes every option of that level. */

#include <dlfcn.h>
#include <stdarg.h>
#include <sys/socket.h>
#include <sys/syscall.h>

#ifndef SOL_TLS
#define SOL_TLS 282
#endif

static long forward(long number, const long a[6])
{
	long (*next)(long, ...);

	*(void **)&next = dlsym(RTLD_NEXT, "syscall");
	return next(number, a[0], a[1], a[2], a[3], a[4], a[5]);
}

long syscall(long number, ...)
{
	long a[6];
	va_list arguments;

	va_start(arguments, number);
	for (int i = 0; i < 6; i++)
		a[i] = va_arg(arguments, long);
	va_end(arguments);
	return number == SYS_setsockopt && a[1] == SOL_TLS ? 0 : forward(number, a);
}

int setsockopt(int fd, int level, int option, const void *value, socklen_t length)
{
	int (*next)(int, int, int, const void *, socklen_t);

	*(void **)&next = dlsym(RTLD_NEXT, "setsockopt");
	return level == SOL_TLS ? 0 : next(fd, level, option, value, length);
}
