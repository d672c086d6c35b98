#include "../memory.h"
#include "../wait.h"
#include "hook.h"

/* The timeout is looked at before the call, which counts it down to 0. */
#define SELECT(name, timeval)                                                                              \
	static bool waits_##name(const struct timeval *timeout)                                            \
	{                                                                                                  \
		return memory_readable(timeout, sizeof(*timeout)) < sizeof(*timeout) || timeout->tv_sec || \
		       timeout->tv_usec;                                                                   \
	}                                                                                                  \
                                                                                                           \
	static __attribute__((noinline)) int watched_##name(int count, fd_set *reads, fd_set *writes,      \
							    fd_set *excepts, struct timeval *timeout)      \
	{                                                                                                  \
		struct wait_set asked;                                                                     \
		bool patient = waits_##name(timeout);                                                      \
                                                                                                           \
		wait_keep(&asked, writes, count);                                                          \
		int result = real.name(count, reads, writes, excepts, timeout);                            \
		if (wait_was_in_vain(result) && patient)                                                   \
			wait_selected(&asked, result);                                                     \
		return result;                                                                             \
	}                                                                                                  \
                                                                                                           \
	HOOK int name(int count, fd_set *reads, fd_set *writes, fd_set *excepts, struct timeval *timeout)  \
	{                                                                                                  \
		if (writes && wait_is_watched())                                                           \
			return watched_##name(count, reads, writes, excepts, timeout);                     \
		return real.name(count, reads, writes, excepts, timeout);                                  \
	}

SELECT(select, timeval)

#ifdef __GLIBC__
HOOK_ALIAS(select, __select);
#endif

#ifdef REAL_TIME64
HOOK int __select64(int count, fd_set *reads, fd_set *writes, fd_set *excepts,
		    struct real_timeval64 *timeout);
SELECT(__select64, real_timeval64)
#endif
