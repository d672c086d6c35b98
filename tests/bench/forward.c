/* The yardstick: hooks every call that the shim hooks and does nothing but forward it. What the shim costs
 * over this is the guard; what this costs over a bare run is the price of any preload. */

#include <dlfcn.h>
#include <fcntl.h>
#include <stdarg.h>
#include <unistd.h>

#include "../../shim/real.h"

/* glibc declares the address arguments as transparent unions; defining them plainly is an extension. */
#define HOOK __extension__ __attribute__((visibility("default")))

#define DECLARE_FIRST(type, name, parameters, arguments) static type first_##name parameters;

#define POINT_AT_FIRST(type, name, parameters, arguments) .name = first_##name,

/* Another library's constructor can call before ours has run. */
#define DEFINE_FIRST(type, name, parameters, arguments) \
	static type first_##name parameters             \
	{                                               \
		resolve();                              \
		return next.name arguments;             \
	}

#define DEFINE_HOOK(type, name, parameters, arguments) \
	HOOK type name parameters                      \
	{                                              \
		return next.name arguments;            \
	}

#define RESOLVE(type, name, parameters, arguments) *(void **)&next.name = dlsym(RTLD_NEXT, #name);

#define FORWARD_FCNTL(to)                           \
	va_list arguments;                          \
	va_start(arguments, cmd);                   \
	void *argument = va_arg(arguments, void *); \
	va_end(arguments);                          \
	return next.to(fd, cmd, argument);

/* clang-format off */
REAL_FUNCTIONS(DECLARE_FIRST)
static int first_fcntl(int fd, int cmd, ...);
static int first_fcntl64(int fd, int cmd, ...);

static struct real next = {
	REAL_FUNCTIONS(POINT_AT_FIRST)
	.fcntl = first_fcntl,
	.fcntl64 = first_fcntl64,
};

__attribute__((constructor)) static void resolve(void)
{
	REAL_FUNCTIONS(RESOLVE)
	RESOLVE(int, fcntl, , )
	RESOLVE(int, fcntl64, , )
}

REAL_FUNCTIONS(DEFINE_FIRST)

static int first_fcntl(int fd, int cmd, ...)
{
	resolve();
	FORWARD_FCNTL(fcntl)
}

static int first_fcntl64(int fd, int cmd, ...)
{
	resolve();
	FORWARD_FCNTL(fcntl64)
}

REAL_FUNCTIONS(DEFINE_HOOK)

HOOK int fcntl(int fd, int cmd, ...)
{
	FORWARD_FCNTL(fcntl)
}

HOOK int fcntl64(int fd, int cmd, ...)
{
	FORWARD_FCNTL(fcntl64)
}
