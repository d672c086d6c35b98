#include "hook.h"

HOOK_CREATES(inotify_init1, (int flags), (flags))
