/* past SCENE: bytes of a guarded connection go past the guard, and every message is whole. */

#include <errno.h>
#include <fcntl.h>
#include <liburing.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>

#include "../guard/play.h"
#include "past_libc.h"
#include "wire.h"

#define CANNOT_BE_PLAYED 77 /* exit status */

static const uint8_t *rest(size_t missing)
{
	return long_message() + LONG_MESSAGE - missing;
}

static void a_tail_by_a_system_call(void)
{
	struct tcp tcp = tcp_open(writer_wanted());

	put(&tcp, "a whole one", 11);
	size_t missing = cut(&tcp);
	put_past(&tcp, rest(missing), missing);
	check_goes_through(&tcp);
	size_t again = cut(&tcp);
	put_past(&tcp, rest(again), again);
	check_goes_through(&tcp);
}

/* The guard takes each header for bytes of the body before it, and finds another one in the middle. */
static void bodies_by_system_calls(void)
{
	struct tcp tcp = tcp_open(writer_wanted());

	for (int i = 0; i < 8; i++) {
		put(&tcp, "\0\0\0\6", 4);
		put_past(&tcp, "sixsix", 6);
	}
	check_came(&tcp);
}

static void one_byte_by_a_system_call(void)
{
	struct tcp tcp = tcp_open(writer_wanted());

	put(&tcp, "a whole one", 11);
	put_past(&tcp, "!", 1);
	cut(&tcp);
	put(&tcp, "a new message", 13);
}

static void before_the_first_write(void)
{
	struct tcp tcp = tcp_open(writer_wanted());

	put_past(&tcp, "a whole one", 11);
	cut(&tcp);
	put(&tcp, "a new message", 13);
}

static uint64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

/* With a deadline of 1 ms. */
static void a_body_by_a_system_call_and_a_pause(void)
{
	struct tcp tcp = tcp_open(writer_wanted());
	put(&tcp, "\0\0\1\0", 4);
	uint64_t begin = now_ms();
	put_past(&tcp, long_message(), 256);
	while (now_ms() < begin + 3)
		poll(NULL, 0, 1);
	put(&tcp, "\0\0\0\0", 4);
	check_came(&tcp);
}

/* With policy strict. */
static void a_message_by_a_system_call_and_a_timeout(void)
{
	struct tcp tcp = tcp_open(writer_wanted());
	struct timeval timeout = {.tv_usec = 20000};

	put(&tcp, "a whole one", 11);
	put_past(&tcp, "a whole one", 11);
	CHECK(setsockopt(tcp.writer, SOL_SOCKET, SO_SNDTIMEO, &timeout, sizeof(timeout)) == 0);
	ssize_t n = write(tcp.writer, long_message(), LONG_MESSAGE);
	CHECK(n > 0 && (size_t)n < LONG_MESSAGE);
	meant(&tcp, long_message(), (size_t)n);
	put(&tcp, rest(LONG_MESSAGE - (size_t)n), LONG_MESSAGE - (size_t)n);
	check_goes_through(&tcp);
}

/* With policy strict. */
static void a_body_by_system_calls_and_a_wait(void)
{
	struct tcp tcp = tcp_open(writer_wanted());
	struct pollfd writable = {tcp.writer, POLLOUT, 0};
	size_t sent = 0;

	put(&tcp, "\0\x10\0\0", 4);
	CHECK(fcntl(tcp.writer, F_SETFL, O_NONBLOCK) == 0);
	do {
		long n = write_past_libc(tcp.writer, long_message() + sent, LONG_MESSAGE - sent);

		if (n > 0)
			sent += (size_t)n;
	} while (poll(&writable, 1, 10) != 0);
	CHECK(sent < LONG_MESSAGE);
	meant(&tcp, long_message(), sent);
	put_past(&tcp, long_message() + sent, LONG_MESSAGE - sent);
	put(&tcp, "\0\0\0\0", 4);
	check_came(&tcp);
}

static struct io_uring ring;

static ssize_t put_io_uring(int fd, const void *bytes, size_t length)
{
	struct io_uring_sqe *submission = io_uring_get_sqe(&ring);
	struct io_uring_cqe *completion;

	io_uring_prep_send(submission, fd, bytes, length, MSG_DONTWAIT);
	CHECK(io_uring_submit(&ring) == 1 && io_uring_wait_cqe(&ring, &completion) == 0);
	int result = completion->res;
	io_uring_cqe_seen(&ring, completion);
	errno = result < 0 ? -result : 0;
	return result < 0 ? -1 : result;
}

static void io_uring_start(void)
{
	int error = -io_uring_queue_init(4, &ring, 0);

	if (error) {
		fprintf(stderr, "io_uring: %s\n", strerror(error));
		exit(CANNOT_BE_PLAYED);
	}
}

static void a_tail_by_io_uring(void)
{
	struct tcp tcp = tcp_open(writer_wanted());

	io_uring_start();
	size_t missing = cut(&tcp);
	put_by(&tcp, put_io_uring, rest(missing), missing);
	check_goes_through(&tcp);
}

static void messages_by_io_uring_and_by_libc(void)
{
	struct tcp tcp = tcp_open(writer_wanted());

	io_uring_start();
	for (int i = 0; i < 8; i++) {
		put(&tcp, "\0\0\0\6", 4);
		put_by(&tcp, put_io_uring, (const uint8_t *)"sixsix", 6);
	}
	check_came(&tcp);
}

/* The rest of the message in a file, for another program. */
static void save(const char *path, const uint8_t *bytes, size_t length)
{
	int file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	CHECK(file >= 0 && write(file, bytes, length) == (ssize_t)length && close(file) == 0);
}

static pid_t run_static(const char *program, int fd, const char *path)
{
	char number[16];
	pid_t child = fork();

	CHECK(child >= 0);
	if (child > 0)
		return child;
	snprintf(number, sizeof(number), "%d", fd);
	fcntl(fd, F_SETFD, 0);
	execl(program, program, number, path, (char *)NULL);
	_exit(127);
}

static void await_child(struct tcp *tcp, pid_t child)
{
	int status;

	check_came(tcp);
	CHECK(waitpid(child, &status, 0) == child && status == 0);
}

/* SCENE_STATIC names it. */
static void a_tail_by_a_static_helper(void)
{
	struct tcp tcp = tcp_open(writer_wanted());
	size_t missing = cut(&tcp);

	save("rest", rest(missing), missing);
	pid_t child = run_static(getenv("SCENE_STATIC"), tcp.writer, "rest");
	meant(&tcp, rest(missing), missing);
	await_child(&tcp, child);
	check_goes_through(&tcp);
}

static pid_t fork_writer(struct tcp *tcp, const uint8_t *bytes, size_t length)
{
	pid_t child = fork();

	CHECK(child >= 0);
	if (child > 0)
		return child;
	scene_start();
	while (length) {
		ssize_t n = write(tcp->writer, bytes, length);

		if (n <= 0)
			_exit(1);
		bytes += n;
		length -= (size_t)n;
	}
	_exit(0);
}

static void a_tail_by_a_forked_child(void)
{
	struct tcp tcp = tcp_open(writer_wanted());
	size_t missing = cut(&tcp);
	pid_t child = fork_writer(&tcp, rest(missing), missing);

	meant(&tcp, rest(missing), missing);
	await_child(&tcp, child);
	check_goes_through(&tcp);
}

/* The child finds that its parent went on meanwhile. */
static void a_tail_by_the_parent(void)
{
	struct tcp tcp = tcp_open(writer_wanted());
	size_t missing = cut(&tcp);
	int turn[2];

	CHECK(pipe(turn) == 0);
	pid_t child = fork();
	CHECK(child >= 0);
	if (child == 0) {
		char byte;

		scene_start();
		_exit(read(turn[0], &byte, 1) != 1 || write(tcp.writer, "a new message", 13) != 13);
	}
	put(&tcp, rest(missing), missing);
	check_came(&tcp);
	meant(&tcp, "a new message", 13);
	CHECK(write(turn[1], "!", 1) == 1);
	await_child(&tcp, child);
}

/* The guard meets them when they exist already. */
static struct tcp open_unseen(void)
{
	struct sockaddr_in address;
	int listener = tcp_listen(&address), size = 8192;
	int client = (int)socket_past_libc(AF_INET, SOCK_STREAM, 0);

	CHECK(setsockopt(client, SOL_SOCKET, SO_SNDBUF, &size, sizeof(size)) == 0);
	CHECK(connect_past_libc(client, &address, sizeof(address)) == 0);
	int accepted = (int)accept_past_libc(listener);
	close(listener);
	return writer_wanted() == CONNECTS ? tcp_of(client, accepted) : tcp_of(accepted, client);
}

static void a_tail_on_a_connection_not_seen_born(void)
{
	struct tcp tcp = open_unseen();

	put_past(&tcp, "a whole one", 11);
	put(&tcp, "a whole one", 11);
	size_t missing = cut(&tcp);
	put_past(&tcp, rest(missing), missing);
	check_goes_through(&tcp);
}

static void a_tail_by_a_system_call_and_a_close(void)
{
	struct tcp tcp = tcp_open(writer_wanted());
	size_t missing = cut(&tcp);

	put_past(&tcp, rest(missing), missing);
	check_came(&tcp);
	CHECK(close(tcp.writer) == 0);
}

static void a_tail_by_a_system_call_and_a_shutdown(void)
{
	struct tcp tcp = tcp_open(writer_wanted());
	size_t missing = cut(&tcp);

	put_past(&tcp, rest(missing), missing);
	check_came(&tcp);
	CHECK(shutdown(tcp.writer, SHUT_WR) == 0);
	CHECK(close(tcp.writer) == 0);
}

/* The kernel counts from the beginning; the guard does not know. */
static void another_connection(void)
{
	const struct sockaddr nowhere = {.sa_family = AF_UNSPEC};
	struct tcp tcp = tcp_open(CONNECTS);
	struct sockaddr_in address;
	int listener = tcp_listen(&address);

	put(&tcp, "a whole one", 11);
	check_came(&tcp);
	CHECK(connect_past_libc(tcp.writer, &nowhere, sizeof(nowhere)) == 0);
	CHECK(connect_past_libc(tcp.writer, &address, sizeof(address)) == 0);
	tcp = tcp_of(tcp.writer, accept(listener, NULL, NULL));
	cut(&tcp);
	put(&tcp, "a new message", 13);
}

static const struct scene scenes[] = {
    SCENE(a_tail_by_a_system_call),
    SCENE(bodies_by_system_calls),
    SCENE(one_byte_by_a_system_call),
    SCENE(before_the_first_write),
    SCENE(a_body_by_a_system_call_and_a_pause),
    SCENE(a_message_by_a_system_call_and_a_timeout),
    SCENE(a_body_by_system_calls_and_a_wait),
    SCENE(a_tail_by_io_uring),
    SCENE(messages_by_io_uring_and_by_libc),
    SCENE(a_tail_by_a_static_helper),
    SCENE(a_tail_by_a_forked_child),
    SCENE(a_tail_by_the_parent),
    SCENE(a_tail_by_a_system_call_and_a_close),
    SCENE(a_tail_by_a_system_call_and_a_shutdown),
    SCENE(another_connection),
    SCENE(a_tail_on_a_connection_not_seen_born),
};

int main(int argc, char **argv)
{
	return scene_play(scenes, sizeof(scenes) / sizeof(scenes[0]), argc, argv);
}
