/* What is written to, and getting it empty again. */

#include <err.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "bench.h"

/* Of the 212,992 bytes of buffer that an unprivileged process gets, less what the kernel adds to each write.
 */
#define BUFFER_BYTES 200000
#define KERNEL_BYTES_PER_WRITE 1024
#define BATCH_MAX 256

/* Of TCP through a small buffer, as Ethernet has it: what is less than a segment is acknowledged after 40 ms.
 */
#define ETHERNET_SEGMENT 1448

static void enlarge_buffers(int fd)
{
	int bytes = 4 << 20;

	setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &bytes, sizeof(bytes));
	setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &bytes, sizeof(bytes));
}

static struct target open_null(void)
{
	struct target target = {.fd = open("/dev/null", O_WRONLY | O_CLOEXEC), .reader = -1};

	if (target.fd < 0)
		err(1, "/dev/null");
	return target;
}

static struct target open_pair(int type)
{
	int pair[2];

	if (socketpair(AF_UNIX, type, 0, pair) < 0)
		err(1, "socketpair");
	enlarge_buffers(pair[0]);
	return (struct target){.fd = pair[0], .reader = pair[1]};
}

static int listen_on_loopback(struct sockaddr_in *address)
{
	socklen_t length = sizeof(*address);
	int listener = socket(AF_INET, SOCK_STREAM, 0);

	*address = (struct sockaddr_in){.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	enlarge_buffers(listener);
	if (bind(listener, (const struct sockaddr *)address, length) < 0 || listen(listener, 1) < 0 ||
	    getsockname(listener, (struct sockaddr *)address, &length) < 0)
		err(1, "listen");
	return listener;
}

static struct target open_tcp(int segment)
{
	struct sockaddr_in address;
	int listener = listen_on_loopback(&address);
	struct target target = {.fd = socket(AF_INET, SOCK_STREAM, 0)};
	int on = 1;

	enlarge_buffers(target.fd);
	if (segment && setsockopt(target.fd, IPPROTO_TCP, TCP_MAXSEG, &segment, sizeof(segment)) < 0)
		err(1, "TCP_MAXSEG");
	setsockopt(target.fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	if (connect(target.fd, (const struct sockaddr *)&address, sizeof(address)) < 0)
		err(1, "connect");
	target.reader = accept(listener, NULL, NULL);
	if (target.reader < 0)
		err(1, "accept");
	close(listener);
	return target;
}

static struct target open_named(const char *name, int segment)
{
	if (strcmp(name, "null") == 0)
		return open_null();
	if (strcmp(name, "datagram") == 0)
		return open_pair(SOCK_DGRAM);
	if (strcmp(name, "pair") == 0)
		return open_pair(SOCK_STREAM);
	if (strcmp(name, "tcp") == 0)
		return open_tcp(segment);
	errx(2, "no target '%s'", name);
}

static size_t batch_for(const char *name, size_t size)
{
	size_t fit = BUFFER_BYTES / (size + KERNEL_BYTES_PER_WRITE);

	if (strcmp(name, "datagram") == 0)
		return 8; /* net.unix.max_dgram_qlen is 10 */
	if (strcmp(name, "null") == 0 || fit > BATCH_MAX)
		return BATCH_MAX;
	return fit ? fit : 1;
}

struct target target_open(const char *name, size_t size)
{
	struct target target = open_named(name, 0);

	target.batch = batch_for(name, size);
	return target;
}

struct target target_open_narrow(const char *name)
{
	struct target target = open_named(name, ETHERNET_SEGMENT);
	int bytes = 4096;

	if (setsockopt(target.fd, SOL_SOCKET, SO_SNDBUF, &bytes, sizeof(bytes)) < 0 ||
	    fcntl(target.fd, F_SETFL, O_NONBLOCK) < 0)
		err(1, "%s", name);
	return target;
}

void target_drain(const struct target *target, size_t bytes)
{
	static char sink[1 << 18];

	while (target->reader >= 0 && bytes > 0) {
		/* One call, so that system calls can be counted. */
		size_t most = bytes < sizeof(sink) ? bytes : sizeof(sink);
		ssize_t got = recv(target->reader, sink, most, MSG_WAITALL);

		if (got <= 0)
			err(1, "recv");
		bytes -= (size_t)got;
	}
}
