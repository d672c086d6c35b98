/* denied CALLS: a correct program in a container that denies some system calls, as the shim cannot see. Then
 * it cuts a message and abandons it, on a stream that was seen born, and on one that came from elsewhere:
 * prints "refused" or "sent" for each. CALLS "-": the filter is there already (denied CALLS denied -). */

#include "../guard/scene.h"

#include <fcntl.h>
#include <linux/seccomp.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "filter.h"

static struct wire wire, bystander;
static const uint8_t *bytes;

/* What recvmsg brings was born where nobody saw it. */
static int received(int fd)
{
	int pair[2], *fds;
	char control[CMSG_SPACE(sizeof(int))] = {0}, byte = 0;
	struct iovec iov = {&byte, 1};
	struct msghdr message = {.msg_iov = &iov, .msg_iovlen = 1, .msg_control = control};
	struct cmsghdr *header = (struct cmsghdr *)(void *)control;

	message.msg_controllen = sizeof(control);
	*header = (struct cmsghdr){CMSG_LEN(sizeof(int)), SOL_SOCKET, SCM_RIGHTS};
	fds = (int *)(void *)CMSG_DATA(header);
	*fds = fd;
	CHECK(socketpair(AF_UNIX, SOCK_DGRAM, 0, pair) == 0);
	CHECK(sendmsg(pair[0], &message, 0) == 1);
	CHECK(recvmsg(pair[1], &message, 0) == 1 && *fds != fd);
	close(fd);
	close(pair[0]);
	close(pair[1]);
	return *fds;
}

/* Sends the rest of the message while the peer reads it. */
static void finish(size_t sent, size_t read)
{
	static uint8_t got[MESSAGE_LENGTH];

	while (sent < MESSAGE_LENGTH || read < MESSAGE_LENGTH) {
		ssize_t n = send(wire.writer, bytes + sent, MESSAGE_LENGTH - sent, MSG_DONTWAIT);

		CHECK(n >= 0 || errno == EAGAIN);
		sent += n > 0 ? (size_t)n : 0;
		n = (ssize_t)wire_drain(wire, got, MESSAGE_LENGTH - read);
		CHECK(memcmp(got, bytes + read, (size_t)n) == 0);
		read += (size_t)n;
	}
	wire_check_usable(wire);
}

static void write_elsewhere(int signal)
{
	(void)signal;
	wire_check_usable(bystander);
}

/* Blocks, is interrupted by a handler that writes, and goes on. */
static void write_through_a_signal(void)
{
	struct writer writer = {.wire = wire, .number = 1, .put = put_named("write")};
	uint8_t got[1];
	size_t read = 0;

	handle(SIGUSR1, write_elsewhere, SA_RESTART);
	writer_start(&writer);
	writer_await_blocked(&writer);
	CHECK(pthread_kill(writer.thread, SIGUSR1) == 0);
	while (writer.result == -2)
		read += wire_drain(wire, got, 1);
	writer_join(&writer);
	CHECK(writer.result > 0);
	finish((size_t)writer.result, read);
}

static const char *abandon(void)
{
	static uint8_t got[MESSAGE_LENGTH];

	CHECK(send(wire.writer, bytes, MESSAGE_LENGTH, MSG_DONTWAIT) > 0);
	wire_drain(wire, got, sizeof(got));
	if (write(wire.writer, "another", 7) == 7)
		return "sent";
	CHECK(errno == EPIPE);
	return "refused";
}

static const char *live(void)
{
	finish(0, 0);
	write_through_a_signal();
	return abandon();
}

int main(int argc, char **argv)
{
	CHECK(argc > 1);
	scene_start();
	if (strcmp(argv[1], "-") != 0)
		filter_install_named("unseen", SECCOMP_RET_ERRNO | EPERM, argv[1]);
	if (argc > 2)
		execv(argv[2], argv + 2);
	bytes = message(1);
	bystander = wire_open();
	wire = wire_open();
	puts(live());
	setenv("SCENE_COLD", "1", 1);
	wire = wire_open();
	wire.writer = received(wire.writer);
	puts(live());
	return 0;
}
