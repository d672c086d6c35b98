#include "hook.h"

HOOK_CREATES(epoll_create, (int size), (size))
