#include <sched.h>
#include <stdarg.h>

#include "hook.h"

#ifdef __GLIBC__

/* A child that runs on our memory must not take it for its own: that is settled before. */
HOOK int clone(int (*start)(void *), void *stack, int flags, void *argument, ...)
{
	va_list list;

	va_start(list, argument);
	pid_t *parent = va_arg(list, pid_t *);
	void *tls = va_arg(list, void *);
	pid_t *child = va_arg(list, pid_t *);
	va_end(list);
	process_is_ours();
	return real.clone(start, stack, flags, argument, parent, tls, child);
}

HOOK_ALIAS(clone, __clone);

#endif
