#include <stdarg.h>
#include <sys/prctl.h>

#include "../sandbox.h"
#include "hook.h"

HOOK int prctl(int option, ...)
{
	unsigned long a[4];
	va_list list;

	va_start(list, option);
	for (int i = 0; i < 4; i++)
		a[i] = va_arg(list, unsigned long);
	va_end(list);
	bool begun = sandbox_asked_by_prctl(option, a[0], a[1]) && sandbox_begin();
	int result = real.prctl(option, a[0], a[1], a[2], a[3]);
	if (begun)
		sandbox_settle(result == 0);
	return result;
}
