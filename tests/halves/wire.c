#include "wire.h"

#include <errno.h>
#include <linux/sockios.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>

#include "past_libc.h"

#define BUFFER 8192
#define MEANT_MAX ((size_t)16 << 20)

static void shrink(int fd, int option)
{
	int size = BUFFER;

	CHECK(setsockopt(fd, SOL_SOCKET, option, &size, sizeof(size)) == 0);
}

enum end writer_wanted(void)
{
	const char *wanted = getenv("SCENE_WRITER");

	return wanted && strcmp(wanted, "accepted") == 0 ? ACCEPTED : CONNECTS;
}

int tcp_listen(struct sockaddr_in *address)
{
	socklen_t length = sizeof(*address);
	int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	*address = (struct sockaddr_in){.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	CHECK(listener >= 0);
	shrink(listener, SO_RCVBUF);
	shrink(listener, SO_SNDBUF);
	CHECK(bind(listener, (const struct sockaddr *)address, length) == 0);
	CHECK(listen(listener, 4) == 0);
	CHECK(getsockname(listener, (struct sockaddr *)address, &length) == 0);
	return listener;
}

struct tcp tcp_of(int writer, int peer)
{
	struct tcp tcp = {writer, peer, malloc(MEANT_MAX), 0};
	int on = 1;

	CHECK(writer >= 0 && peer >= 0 && tcp.meant);
	setsockopt(writer, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	return tcp;
}

struct tcp tcp_open(enum end writer)
{
	struct sockaddr_in address;
	int listener = tcp_listen(&address), client = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	CHECK(client >= 0);
	shrink(client, SO_RCVBUF);
	shrink(client, SO_SNDBUF);
	CHECK(connect(client, (const struct sockaddr *)&address, sizeof(address)) == 0);
	int accepted = accept(listener, NULL, NULL);
	close(listener);
	return writer == CONNECTS ? tcp_of(client, accepted) : tcp_of(accepted, client);
}

/* Takes what came and compares it. */
static void take(struct tcp *tcp, int flags)
{
	static uint8_t bytes[1 << 16];
	ssize_t n;

	while (tcp->length &&
	       (n = recv(tcp->peer, bytes, tcp->length < sizeof(bytes) ? tcp->length : sizeof(bytes),
			 flags)) > 0) {
		CHECK(memcmp(bytes, tcp->meant, (size_t)n) == 0);
		tcp->length -= (size_t)n;
		memmove(tcp->meant, tcp->meant + n, tcp->length);
	}
}

void meant(struct tcp *tcp, const void *bytes, size_t length)
{
	CHECK(tcp->length + length <= MEANT_MAX);
	memcpy(tcp->meant + tcp->length, bytes, length);
	tcp->length += length;
}

static ssize_t write_nonblocking(int fd, const void *bytes, size_t length)
{
	return send(fd, bytes, length, MSG_DONTWAIT);
}

/* In pieces that fit into a buffer which the kernel calls writable. */
static ssize_t write_past_when_writable(int fd, const void *bytes, size_t length)
{
	struct pollfd writable = {fd, POLLOUT, 0};
	long n = -EAGAIN;

	if (poll(&writable, 1, 0) == 1)
		n = write_past_libc(fd, bytes, length < 1024 ? length : 1024);
	if (n < 0)
		errno = (int)-n;
	return n < 0 ? -1 : n;
}

void put_by(struct tcp *tcp, put_function *function, const uint8_t *bytes, size_t length)
{
	while (length) {
		ssize_t n = function(tcp->writer, bytes, length);

		CHECK(n > 0 || errno == EAGAIN);
		if (n > 0) {
			meant(tcp, bytes, (size_t)n);
			bytes += n;
			length -= (size_t)n;
		}
		take(tcp, MSG_DONTWAIT);
	}
}

void put(struct tcp *tcp, const void *bytes, size_t length)
{
	put_by(tcp, write_nonblocking, bytes, length);
}

void put_past(struct tcp *tcp, const void *bytes, size_t length)
{
	put_by(tcp, write_past_when_writable, bytes, length);
}

const uint8_t *long_message(void)
{
	static uint8_t bytes[LONG_MESSAGE];

	for (size_t i = 0; i < LONG_MESSAGE; i++)
		bytes[i] = (uint8_t)(i * 7 + (i >> 8) * 3);
	return bytes;
}

size_t cut(struct tcp *tcp)
{
	ssize_t n = send(tcp->writer, long_message(), LONG_MESSAGE, MSG_DONTWAIT);

	CHECK(n > 0 && (size_t)n < LONG_MESSAGE);
	meant(tcp, long_message(), (size_t)n);
	return LONG_MESSAGE - (size_t)n;
}

void check_came(struct tcp *tcp)
{
	uint8_t more;

	take(tcp, 0);
	CHECK(tcp->length == 0);
	CHECK(recv(tcp->peer, &more, 1, MSG_DONTWAIT) <= 0);
}

void check_goes_through(struct tcp *tcp)
{
	put(tcp, "a new message", 13);
	check_came(tcp);
}

void check_refused(struct tcp *tcp)
{
	errno = 0;
	CHECK(send(tcp->writer, "a new message", 13, MSG_DONTWAIT | MSG_NOSIGNAL) == -1 && errno == EPIPE);
	check_came(tcp);
	errno = 0;
	CHECK(send(tcp->writer, "and another", 11, MSG_DONTWAIT | MSG_NOSIGNAL) == -1 && errno == EPIPE);
}

void await_acknowledged(const struct tcp *tcp)
{
	int queued = 1;

	while (queued) {
		CHECK(ioctl(tcp->writer, SIOCOUTQ, &queued) == 0);
		poll(NULL, 0, 1);
	}
}
