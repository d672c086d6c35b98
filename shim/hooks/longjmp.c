#include <setjmp.h>

#include "../jump.h"
#include "hook.h"

/* A jump out of a handler may leave a write call that the handler interrupted. */
#define LONGJMP(name)                                        \
	HOOK void name(jmp_buf buffer, int value)            \
	{                                                    \
		if (!thread_has_no_call())                   \
			thread_jumping(jump_target(buffer)); \
		real.name(buffer, value);                    \
		__builtin_unreachable();                     \
	}

LONGJMP(longjmp)
LONGJMP(_longjmp)
LONGJMP(siglongjmp)

#ifdef __GLIBC__
/* What they become in programs that were built with _FORTIFY_SOURCE. */
HOOK __attribute__((noreturn)) void __longjmp_chk(jmp_buf buffer, int value);
LONGJMP(__longjmp_chk)
#endif
