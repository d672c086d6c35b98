#ifndef POISONSHIM_POLLS_H
#define POISONSHIM_POLLS_H

#include "../wait.h"
#include "hook.h"

/* poll and its kin: `patient` is whether it may wait. Two functions, so that a wait nobody watches saves no
 * register. */
#define HOOK_POLL(name, parameters, arguments, patient)                                    \
	static __attribute__((noinline)) int watched_##name parameters                     \
	{                                                                                  \
		int result = real.name arguments;                                          \
                                                                                           \
		if (wait_was_in_vain(result) && (patient))                                 \
			wait_polled(fds, count, result);                                   \
		return result;                                                             \
	}                                                                                  \
                                                                                           \
	HOOK int name parameters                                                           \
	{                                                                                  \
		return wait_is_watched() ? watched_##name arguments : real.name arguments; \
	}

#endif
