#include <unistd.h>

#include "hook.h"

/* The child runs on our memory, and must not take it for its own: that is settled before. */
HOOK LEAVES_BY_JUMP pid_t vfork(void)
{
	process_is_ours();
	JUMP real.vfork();
}

#ifdef __GLIBC__
HOOK_ALIAS(vfork, __vfork);
#endif
