#include "hook.h"

HOOK_CREATES(epoll_create1, (int flags), (flags))
