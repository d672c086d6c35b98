#include <unistd.h>

#include "hook.h"

#ifdef __GLIBC__

/* No handler of pthread_atfork runs in its child. */
HOOK pid_t _Fork(void)
{
	pid_t child = real._Fork();

	if (child == 0)
		process_adopt();
	return child;
}

#endif
