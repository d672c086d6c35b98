#include "hook.h"

HOOK int thrd_create(thrd_t *thread, thrd_start_t start, void *argument)
{
	thread_publish(NULL);
	return real.thrd_create(thread, start, argument);
}
