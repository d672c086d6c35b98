#include "hook.h"

HOOK_CREATES(memfd_create, (const char *name, unsigned int flags), (name, flags))
