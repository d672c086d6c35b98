#include "after.h"

HOOK int socket(int domain, int type, int protocol)
{
	int result = real.socket(domain, type, protocol);

	after_socket(domain, type, protocol, result);
	return result;
}

#ifdef __GLIBC__
HOOK_ALIAS(socket, __socket);
#endif
