#include "hook.h"

HOOK_CREATES(eventfd, (unsigned int value, int flags), (value, flags))
