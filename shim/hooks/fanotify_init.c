#include "hook.h"

HOOK_CREATES(fanotify_init, (unsigned int flags, unsigned int event_flags), (flags, event_flags))
