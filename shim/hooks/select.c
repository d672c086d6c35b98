#include "../memory.h"
#include "../wait.h"
#include "hook.h"

/* Before the call, which counts it down to 0. */
static bool is_wait(const struct timeval *timeout)
{
	return memory_readable(timeout, sizeof(*timeout)) < sizeof(*timeout) || timeout->tv_sec ||
	       timeout->tv_usec;
}

#define SELECT(name)                                                                                      \
	static __attribute__((noinline)) int watched_##name(int count, fd_set *reads, fd_set *writes,     \
							    fd_set *excepts, struct timeval *timeout)     \
	{                                                                                                 \
		struct wait_set asked;                                                                    \
		bool waits = is_wait(timeout);                                                            \
                                                                                                          \
		wait_keep(&asked, writes, count);                                                         \
		int result = real.name(count, reads, writes, excepts, timeout);                           \
		if (wait_was_in_vain(result) && waits)                                                    \
			wait_selected(&asked, result);                                                    \
		return result;                                                                            \
	}                                                                                                 \
                                                                                                          \
	HOOK int name(int count, fd_set *reads, fd_set *writes, fd_set *excepts, struct timeval *timeout) \
	{                                                                                                 \
		if (writes && wait_is_watched())                                                          \
			return watched_##name(count, reads, writes, excepts, timeout);                    \
		return real.name(count, reads, writes, excepts, timeout);                                 \
	}

SELECT(select)

#ifdef __GLIBC__
SELECT(__select)
#endif
