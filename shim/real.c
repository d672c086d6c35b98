#include "real.h"

#include <dlfcn.h>
#include <stdarg.h>

/* dlsym gives an object pointer where a function is meant; POSIX says the two convert. */
static void resolve(void *pointer, const char *name)
{
	*(void **)pointer = dlsym(RTLD_NEXT, name);
}

#define BOOT_FUNCTION(type, name, parameters, arguments) \
	static type boot_##name parameters               \
	{                                                \
		real_resolve();                          \
		return real.name arguments;              \
	}
REAL_FUNCTIONS(BOOT_FUNCTION)

#define BOOT_VARIADIC_FUNCTION(name, parameters, last, argument_type, arguments) \
	static int boot_##name parameters                                        \
	{                                                                        \
		va_list list;                                                    \
                                                                                 \
		va_start(list, last);                                            \
		argument_type argument = va_arg(list, argument_type);            \
		va_end(list);                                                    \
		real_resolve();                                                  \
		return real.name arguments;                                      \
	}
REAL_VARIADIC_FUNCTIONS(BOOT_VARIADIC_FUNCTION)

static long boot_syscall(long number, ...)
{
	va_list list;

	va_start(list, number);
	long a = va_arg(list, long);
	long b = va_arg(list, long);
	long c = va_arg(list, long);
	long d = va_arg(list, long);
	long e = va_arg(list, long);
	long f = va_arg(list, long);
	va_end(list);
	real_resolve();
	return real.syscall(number, a, b, c, d, e, f);
}

/* By a jump, as in the hook. */
static LEAVES_BY_JUMP pid_t boot_vfork(void)
{
	real_resolve();
	JUMP real.vfork();
}

#ifdef __GLIBC__
static int boot_clone(int (*start)(void *), void *stack, int flags, void *argument, ...)
{
	va_list list;

	va_start(list, argument);
	pid_t *parent = va_arg(list, pid_t *);
	void *tls = va_arg(list, void *);
	pid_t *child = va_arg(list, pid_t *);
	va_end(list);
	real_resolve();
	return real.clone(start, stack, flags, argument, parent, tls, child);
}
#define BOOT_CLONE .clone = boot_clone,
#else
#define BOOT_CLONE
#endif

#define BOOT_VOID_FUNCTION(name, parameters, arguments) \
	static void boot_##name parameters              \
	{                                               \
		real_resolve();                         \
		real.name arguments;                    \
	}
REAL_VOID_FUNCTIONS(BOOT_VOID_FUNCTION)

static int boot_prctl(int option, ...)
{
	va_list list;

	va_start(list, option);
	unsigned long a = va_arg(list, unsigned long);
	unsigned long b = va_arg(list, unsigned long);
	unsigned long c = va_arg(list, unsigned long);
	unsigned long d = va_arg(list, unsigned long);
	va_end(list);
	real_resolve();
	return real.prctl(option, a, b, c, d);
}

#define BOOT_POINTER(type, name, parameters, arguments) .name = boot_##name,
#define BOOT_VOID_POINTER(name, parameters, arguments) .name = boot_##name,
#define BOOT_VARIADIC_POINTER(name, parameters, last, argument_type, arguments) .name = boot_##name,

struct real real = {.syscall = boot_syscall,
		    .prctl = boot_prctl,
		    .vfork = boot_vfork,
		    BOOT_CLONE REAL_FUNCTIONS(BOOT_POINTER) REAL_VARIADIC_FUNCTIONS(BOOT_VARIADIC_POINTER)
			REAL_VOID_FUNCTIONS(BOOT_VOID_POINTER)};

#define RESOLVE(type, name, parameters, arguments) resolve(&found.name, #name);
#define RESOLVE_VOID(name, parameters, arguments) resolve(&found.name, #name);
#define RESOLVE_VARIADIC(name, parameters, last, argument_type, arguments) resolve(&found.name, #name);

void real_resolve(void)
{
	struct real found;

	REAL_FUNCTIONS(RESOLVE)
	REAL_VARIADIC_FUNCTIONS(RESOLVE_VARIADIC)
	REAL_VOID_FUNCTIONS(RESOLVE_VOID)
	resolve(&found.syscall, "syscall");
	resolve(&found.prctl, "prctl");
	resolve(&found.vfork, "vfork");
#ifdef __GLIBC__
	resolve(&found.clone, "clone");
#else
	found.sendmmsg = real_sendmmsg;
#endif
	real = found;
}
