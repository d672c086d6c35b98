/* Linked into the scenes of the address sanitizer. A cancelled thread leaves the marks of its frames in the
 * sanitizer's map of the stack: nothing tells it of forced unwinding. What runs when the thread ends, the
 * guard's destructor among it, uses that stack again. */

#include <dlfcn.h>
#include <pthread.h>
#include <sanitizer/asan_interface.h>

#define DEEP 65536

static void (*end)(void *);

static void end_on_a_clean_stack(void *value)
{
	__asan_unpoison_memory_region((char *)__builtin_frame_address(0) - DEEP, DEEP);
	__asan_handle_no_return();
	end(value);
}

/* The guard's key, which is the only one with a destructor that the program itself makes. */
__attribute__((visibility("default"))) int pthread_key_create(pthread_key_t *key, void (*destructor)(void *))
{
	int (*create)(pthread_key_t *, void (*)(void *));

	*(void **)&create = dlsym(RTLD_NEXT, "pthread_key_create");
	if (!destructor || end)
		return create(key, destructor);
	end = destructor;
	return create(key, end_on_a_clean_stack);
}
