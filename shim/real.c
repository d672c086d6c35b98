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
REAL_FUNCTIONS (BOOT_FUNCTION)

	static int boot_fcntl(int fd, int cmd, ...)
	{
		va_list arguments;

		va_start(arguments, cmd);
		void *argument = va_arg(arguments, void *);
		va_end(arguments);
		real_resolve();
		return real.fcntl(fd, cmd, argument);
	}

static int boot_fcntl64(int fd, int cmd, ...)
{
	va_list arguments;

	va_start(arguments, cmd);
	void *argument = va_arg(arguments, void *);
	va_end(arguments);
	real_resolve();
	return real.fcntl64(fd, cmd, argument);
}

static ssize_t boot_sendfile64(int fd, int in, off64_t *offset, size_t count)
{
	real_resolve();
	return real.sendfile64(fd, in, offset, count);
}

#define BOOT_POINTER(type, name, parameters, arguments) .name = boot_##name,

struct real real = {
    REAL_FUNCTIONS (BOOT_POINTER).fcntl = boot_fcntl,
    .fcntl64 = boot_fcntl64,
    .sendfile64 = boot_sendfile64,
};

#define RESOLVE(type, name, parameters, arguments) resolve(&found.name, #name);

/* A name that libc lacks must never be asked for: dlsym's error path allocates. */
void real_resolve(void)
{
	struct real found;

	REAL_FUNCTIONS (RESOLVE)
		resolve(&found.fcntl, "fcntl");
#ifdef __GLIBC__
	resolve(&found.fcntl64, "fcntl64");
	resolve(&found.sendfile64, "sendfile64");
#else
	found.fcntl64 = found.fcntl;
	found.sendfile64 = found.sendfile;
#endif
	real = found;
}
