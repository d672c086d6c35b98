#include <stdarg.h>
#include <sys/prctl.h>

#include "../sandbox.h"
#include "hook.h"

HOOK int prctl(int option, ...)
{
	va_list list;

	va_start(list, option);
	unsigned long a = va_arg(list, unsigned long);
	unsigned long b = va_arg(list, unsigned long);
	unsigned long c = va_arg(list, unsigned long);
	unsigned long d = va_arg(list, unsigned long);
	va_end(list);
	bool begun = sandbox_asked_by_prctl(option, a, b) && sandbox_begin();
	int result = real.prctl(option, a, b, c, d);
	if (begun)
		sandbox_settle(result == 0);
	return result;
}

HOOK_TIME64(prctl, __prctl_time64)
