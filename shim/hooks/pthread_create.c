#include "hook.h"

HOOK int pthread_create(pthread_t *thread, const pthread_attr_t *attr, void *(*start)(void *), void *argument)
{
	thread_publish(NULL);
	return real.pthread_create(thread, attr, start, argument);
}
