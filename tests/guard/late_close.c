/* A layer below the guard: libc's closes, but before the kernel is entered a function of the program's runs.
 */

#include <dlfcn.h>
#include <stdarg.h>
#include <stddef.h>
#include <sys/syscall.h>
#include <unistd.h>

void (*before_close)(void);

static void run(void)
{
	void (*function)(void) = before_close;

	before_close = NULL;
	if (function)
		function();
}

typedef long system_call(long number, ...);

static system_call *libc_syscall(void)
{
	static system_call *found;

	if (!found)
		*(void **)&found = dlsym(RTLD_NEXT, "syscall");
	return found;
}

int close(int fd)
{
	run();
	return (int)libc_syscall()(SYS_close, fd);
}

int close_range(unsigned int first, unsigned int last, int flags)
{
	run();
	return (int)libc_syscall()(SYS_close_range, first, last, flags);
}

void closefrom(int first)
{
	run();
	libc_syscall()(SYS_close_range, first, ~0U, 0);
}

long syscall(long number, ...)
{
	va_list list;
	long a[6];

	va_start(list, number);
	for (int i = 0; i < 6; i++)
		a[i] = va_arg(list, long);
	va_end(list);
	if (number == SYS_close)
		run();
	return libc_syscall()(number, a[0], a[1], a[2], a[3], a[4], a[5]);
}
