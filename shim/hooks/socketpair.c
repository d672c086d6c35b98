#include "after.h"

HOOK int socketpair(int domain, int type, int protocol, int pair[2])
{
	int result = real.socketpair(domain, type, protocol, pair);

	after_socketpair(domain, type, protocol, pair, result);
	return result;
}
