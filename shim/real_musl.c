#include "real.h"

#ifndef __GLIBC__

#include <limits.h>
#include <stdbool.h>

static size_t offered(const struct msghdr *message)
{
	size_t sum = 0;

	for (size_t i = 0; i < (size_t)message->msg_iovlen; i++)
		sum += message->msg_iov[i].iov_len;
	return sum;
}

/* musl's sends one message after the other, and the next one even if the last was cut. The kernel's stops. */
int real_sendmmsg(int fd, struct mmsghdr *messages, unsigned int count, int flags)
{
	unsigned int sent = 0;
	bool whole = true;

	while (whole && sent < count && sent < IOV_MAX) {
		ssize_t n = real.sendmsg(fd, &messages[sent].msg_hdr, flags);

		if (n < 0)
			return sent ? (int)sent : -1;
		whole = (size_t)n == offered(&messages[sent].msg_hdr);
		messages[sent++].msg_len = (unsigned int)n;
	}
	return (int)sent;
}

#endif
