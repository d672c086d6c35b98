#include "hook.h"

HOOK int socketpair(int domain, int type, int protocol, int pair[2])
{
	int result = real.socketpair(domain, type, protocol, pair);

	if (result == 0) {
		fdtable_born(pair[0], domain, type, protocol);
		fdtable_born(pair[1], domain, type, protocol);
	}
	return result;
}
