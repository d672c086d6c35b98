#ifndef POISONSHIM_POLLS_H
#define POISONSHIM_POLLS_H

#include "../wait.h"
#include "hook.h"

/* So many are worth a look at which are ready. */
#define POLL_MANY 8

/* Who asks for many fds is likely to write to those that are ready, one by one: their streams come into the
 * cache all at once. */
static inline void prefetch_ready(const struct pollfd *fds, nfds_t count, int result)
{
	for (nfds_t i = 0; result > 0 && i < count; i++) {
		uintptr_t slot = fds[i].revents ? fdtable_slot(fds[i].fd) : SLOT_UNKNOWN;

		if (slot >= SLOT_TAGS)
			__builtin_prefetch(&((const struct stream *)slot)->hindrances, 1);
	}
}

/* poll and its kin: `patient` is whether it may wait. Two functions, so that a wait for few fds nobody
 * watches saves no register. */
#define HOOK_POLL(name, parameters, arguments, patient)                                             \
	static __attribute__((noinline)) int attentive_##name(HOOK_UNWRAP parameters, bool watched) \
	{                                                                                           \
		int result = real.name arguments;                                                   \
                                                                                                    \
		if (watched && wait_was_in_vain(result) && (patient))                               \
			wait_polled(fds, count, result);                                            \
		prefetch_ready(fds, count, result);                                                 \
		return result;                                                                      \
	}                                                                                           \
                                                                                                    \
	HOOK int name parameters                                                                    \
	{                                                                                           \
		bool watched = wait_is_watched();                                                   \
                                                                                                    \
		if (watched || count >= POLL_MANY)                                                  \
			return attentive_##name(HOOK_UNWRAP arguments, watched);                    \
		return real.name arguments;                                                         \
	}

#endif
