#include "hook.h"

HOOK_CREATES(signalfd, (int old, const sigset_t *mask, int flags), (old, mask, flags))
