#include "../wait.h"
#include "hook.h"

#define PSELECT(name, timespec)                                                                              \
	static __attribute__((noinline)) int watched_##name(int count, fd_set *reads, fd_set *writes,        \
							    fd_set *excepts, const struct timespec *timeout, \
							    const sigset_t *mask)                            \
	{                                                                                                    \
		struct wait_set asked;                                                                       \
                                                                                                             \
		wait_keep(&asked, writes, count);                                                            \
		int result = real.name(count, reads, writes, excepts, timeout, mask);                        \
		if (wait_was_in_vain(result) && (!timeout || timeout->tv_sec || timeout->tv_nsec))           \
			wait_selected(&asked, result);                                                       \
		return result;                                                                               \
	}                                                                                                    \
                                                                                                             \
	HOOK int name(int count, fd_set *reads, fd_set *writes, fd_set *excepts,                             \
		      const struct timespec *timeout, const sigset_t *mask)                                  \
	{                                                                                                    \
		if (writes && wait_is_watched())                                                             \
			return watched_##name(count, reads, writes, excepts, timeout, mask);                 \
		return real.name(count, reads, writes, excepts, timeout, mask);                              \
	}

PSELECT(pselect, timespec)

#ifdef REAL_TIME64
HOOK int __pselect64(int count, fd_set *reads, fd_set *writes, fd_set *excepts,
		     const struct real_timespec64 *timeout, const sigset_t *mask);
PSELECT(__pselect64, real_timespec64)
#endif
