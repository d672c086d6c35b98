#include "hook.h"

HOOK_CREATES(timerfd_create, (clockid_t clock, int flags), (clock, flags))
