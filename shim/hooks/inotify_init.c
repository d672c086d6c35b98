#include "hook.h"

HOOK_CREATES(inotify_init, (void), ())
