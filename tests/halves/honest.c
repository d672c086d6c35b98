/* honest SCENE: every byte goes through the guard, and then a message is cut and abandoned. */

#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sendfile.h>
#include <sys/wait.h>

#include "../guard/play.h"
#include "past_libc.h"
#include "wire.h"

static void abandon(struct tcp *tcp)
{
	cut(tcp);
	check_refused(tcp);
}

static void nothing_else(void)
{
	struct tcp tcp = tcp_open(writer_wanted());

	abandon(&tcp);
}

/* Poison is never cleared. */
static void bytes_past_the_guard_came_too_late(void)
{
	struct tcp tcp = tcp_open(writer_wanted());

	abandon(&tcp);
	put_past(&tcp, "by another door", 15);
	check_refused(&tcp);
}

static void bytes_acknowledged(void)
{
	struct tcp tcp = tcp_open(writer_wanted());

	put(&tcp, long_message(), LONG_MESSAGE);
	check_came(&tcp);
	await_acknowledged(&tcp);
	abandon(&tcp);
}

static void the_peer_has_half_closed(void)
{
	struct tcp tcp = tcp_open(writer_wanted());
	uint8_t byte;

	put(&tcp, "a whole one", 11);
	CHECK(shutdown(tcp.peer, SHUT_WR) == 0);
	CHECK(recv(tcp.writer, &byte, 1, 0) == 0);
	abandon(&tcp);
}

/* Every call that it would refuse by itself is accused all the same. */
static void the_peer_has_gone(void)
{
	struct tcp tcp = tcp_open(writer_wanted());
	uint8_t byte;

	cut(&tcp);
	CHECK(close(tcp.peer) == 0);
	CHECK(recv(tcp.writer, &byte, 1, 0) == -1 && errno == ECONNRESET);
	CHECK(send(tcp.writer, "a new message", 13, MSG_NOSIGNAL) == -1 && errno == EPIPE);
}

static void urgent_data(void)
{
	struct tcp tcp = tcp_open(writer_wanted());
	int inline_ = 1;

	CHECK(setsockopt(tcp.peer, SOL_SOCKET, SO_OOBINLINE, &inline_, sizeof(inline_)) == 0);
	CHECK(send(tcp.writer, "!", 1, MSG_OOB) == 1);
	meant(&tcp, "!", 1);
	check_came(&tcp);
	await_acknowledged(&tcp);
	abandon(&tcp);
}

static int copy_of_message(void)
{
	FILE *file = tmpfile();

	CHECK(file && write(fileno(file), long_message(), 100) == 100);
	return fileno(file);
}

static void send_file(struct tcp *tcp)
{
	off_t begin = 0;

	CHECK(sendfile(tcp->writer, copy_of_message(), &begin, 100) == 100);
	meant(tcp, long_message(), 100);
}

static void splice_pipe(struct tcp *tcp)
{
	int pair[2];

	CHECK(pipe(pair) == 0 && write(pair[1], long_message(), 100) == 100);
	CHECK(splice(pair[0], NULL, tcp->writer, NULL, 100, 0) == 100);
	meant(tcp, long_message(), 100);
}

static void send_with_more(struct tcp *tcp)
{
	CHECK(send(tcp->writer, long_message(), 100, MSG_MORE) == 100);
	meant(tcp, long_message(), 100);
}

static void every_door_of_libc(void)
{
	static const char *const names[] = {"write", "writev", "send", "sendto", "sendmsg", "sendmmsg"};
	struct tcp tcp = tcp_open(writer_wanted());

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		put_by(&tcp, put_named(names[i]), long_message(), 100);
	send_file(&tcp);
	splice_pipe(&tcp);
	send_with_more(&tcp);
	check_came(&tcp);
	abandon(&tcp);
}

static void resumed_cuts(void)
{
	struct tcp tcp = tcp_open(writer_wanted());

	for (int i = 0; i < 3; i++) {
		size_t missing = cut(&tcp);

		put(&tcp, long_message() + LONG_MESSAGE - missing, missing);
	}
	check_came(&tcp);
	abandon(&tcp);
}

/* The same socket: the kernel counts from the beginning. */
static void another_connection_before(void)
{
	const struct sockaddr nowhere = {.sa_family = AF_UNSPEC};
	struct tcp tcp = tcp_open(CONNECTS);
	struct sockaddr_in address;
	int listener = tcp_listen(&address);

	put(&tcp, "a whole one", 11);
	check_came(&tcp);
	CHECK(connect(tcp.writer, &nowhere, sizeof(nowhere)) == 0);
	CHECK(connect(tcp.writer, (const struct sockaddr *)&address, sizeof(address)) == 0);
	tcp = tcp_of(tcp.writer, accept(listener, NULL, NULL));
	put(&tcp, "a whole one", 11);
	abandon(&tcp);
}

static void a_birth_that_was_not_seen(void)
{
	struct sockaddr_in address;
	int listener = tcp_listen(&address), size = 8192;
	int client = (int)socket_past_libc(AF_INET, SOCK_STREAM, 0);

	CHECK(setsockopt(client, SOL_SOCKET, SO_SNDBUF, &size, sizeof(size)) == 0);
	CHECK(connect_past_libc(client, &address, sizeof(address)) == 0);
	int accepted = (int)accept_past_libc(listener);
	struct tcp tcp = writer_wanted() == CONNECTS ? tcp_of(client, accepted) : tcp_of(accepted, client);
	put_past(&tcp, "a whole one", 11);
	put(&tcp, "a whole one", 11);
	abandon(&tcp);
}

/* The first write comes before there is a connection; what it offers goes out with it, or behind it. */
static void fast_open(int client)
{
	struct sockaddr_in address;
	int listener = tcp_listen(&address), size = 8192;

	CHECK(setsockopt(client, SOL_SOCKET, SO_SNDBUF, &size, sizeof(size)) == 0);
	ssize_t n = sendto(client, "a whole one", 11, MSG_FASTOPEN, (const struct sockaddr *)&address,
			   sizeof(address));
	CHECK(n == 11);
	struct tcp tcp = tcp_of(client, accept(listener, NULL, NULL));
	meant(&tcp, "a whole one", 11);
	check_came(&tcp);
	put(&tcp, "a whole one", 11);
	abandon(&tcp);
}

static void a_fast_open(void)
{
	fast_open(socket(AF_INET, SOCK_STREAM, 0));
}

/* Nobody can say whether what the kernel has counted behind the first write was that write. */
static void a_fast_open_of_a_stranger(void)
{
	fast_open((int)socket_past_libc(AF_INET, SOCK_STREAM, 0));
}

static struct tcp early;

static bool is_set(char **environment, const char *assignment)
{
	while (*environment && strcmp(*environment, assignment) != 0)
		environment++;
	return *environment;
}

/* Before the guard is awake, and before there is a getenv(). */
static void open_early(int argc, char **argv, char **environment)
{
	(void)argc;
	(void)argv;
	if (!is_set(environment, "SCENE_EARLY=1"))
		return;
	scene_start();
	early = tcp_open(is_set(environment, "SCENE_WRITER=accepted") ? ACCEPTED : CONNECTS);
	put(&early, "a whole one", 11);
}
__attribute__((section(".preinit_array"), used)) static void (*const open_first)(int, char **,
										 char **) = open_early;

static void a_write_before_main(void)
{
	put(&early, "a whole one", 11);
	abandon(&early);
}

static void a_child_that_does_not_write(void)
{
	struct tcp tcp = tcp_open(writer_wanted());
	pid_t child = fork();

	CHECK(child >= 0);
	if (child == 0)
		_exit(0);
	CHECK(waitpid(child, NULL, 0) == child);
	abandon(&tcp);
}

/* The whole connection was handed over. */
static void a_child_that_alone_writes(void)
{
	struct tcp tcp = tcp_open(writer_wanted());
	int status;

	put(&tcp, "a whole one", 11);
	pid_t child = fork();
	CHECK(child >= 0);
	if (child == 0) {
		scene_start();
		put(&tcp, "a whole one", 11);
		abandon(&tcp);
		_exit(0);
	}
	CHECK(waitpid(child, &status, 0) == child && status == 0);
}

/* A fourth of the segments that come to `fd` is lost. */
static void lose_segments(int fd)
{
	struct sock_filter program[] = {
	    BPF_STMT(BPF_LD | BPF_W | BPF_ABS, (uint32_t)(SKF_AD_OFF + SKF_AD_RANDOM)),
	    BPF_STMT(BPF_ALU | BPF_AND | BPF_K, 3),
	    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 0, 0, 1),
	    BPF_STMT(BPF_RET | BPF_K, 0),
	    BPF_STMT(BPF_RET | BPF_K, UINT32_MAX),
	};
	struct sock_fprog filter = {sizeof(program) / sizeof(program[0]), program};

	CHECK(setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &filter, sizeof(filter)) == 0);
}

static unsigned retransmitted(int fd)
{
	struct tcp_info info;
	socklen_t length = sizeof(info);

	CHECK(getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &length) == 0);
	return info.tcpi_total_retrans;
}

static void segments_lost(void)
{
	struct tcp tcp = tcp_open(writer_wanted());

	lose_segments(tcp.peer);
	while (retransmitted(tcp.writer) < 3)
		put(&tcp, "a whole one", 11);
	cut(&tcp);
	errno = 0;
	CHECK(send(tcp.writer, "a new message", 13, MSG_DONTWAIT | MSG_NOSIGNAL) == -1 && errno == EPIPE);
}

/* The kernel has counted bytes that the guard could not. */
static void a_call_that_never_returned(void)
{
	struct tcp tcp = tcp_open(writer_wanted());
	struct writer writer = {.wire = {tcp.writer, tcp.peer}, .number = 1};

	writer_start(&writer);
	writer_await_blocked(&writer);
	CHECK(pthread_cancel(writer.thread) == 0);
	writer_join(&writer);
	errno = 0;
	CHECK(send(tcp.writer, "a new message", 13, MSG_NOSIGNAL) == -1 && errno == EPIPE);
}

static void a_close_inside_a_message(void)
{
	struct tcp tcp = tcp_open(writer_wanted());

	cut(&tcp);
	CHECK(close(tcp.writer) == 0);
}

static void close_beside_a_write_of_a_message(const char *header)
{
	struct tcp tcp = tcp_open(writer_wanted());
	struct writer writer = {.wire = {tcp.writer, tcp.peer}, .number = 1};
	static uint8_t body[MESSAGE_LENGTH];

	put(&tcp, header, 4);
	check_came(&tcp);
	writer_start(&writer);
	writer_await_blocked(&writer);
	CHECK(close(tcp.writer) == 0);
	wire_read(writer.wire, body, sizeof(body));
	writer_join(&writer);
}

/* Its call may send more than is settled when the fd is closed. */
static void a_close_beside_a_write(void)
{
	close_beside_a_write_of_a_message("\1\0\0\0");
}

static void a_close_beside_a_write_that_ends_its_message(void)
{
	close_beside_a_write_of_a_message("\0\1\0\0");
}

static void a_close_of_a_number_that_means_another(void)
{
	struct tcp tcp = tcp_open(writer_wanted()), other = tcp_open(writer_wanted());

	cut(&tcp);
	CHECK(dup2_past_libc(other.writer, tcp.writer) == tcp.writer);
	CHECK(close(tcp.writer) == 0);
}

static void a_shutdown_inside_a_message(void)
{
	struct tcp tcp = tcp_open(writer_wanted());

	cut(&tcp);
	CHECK(shutdown(tcp.writer, SHUT_WR) == 0);
	CHECK(close(tcp.writer) == 0);
}

static const struct scene scenes[] = {
    SCENE(nothing_else),
    SCENE(bytes_past_the_guard_came_too_late),
    SCENE(bytes_acknowledged),
    SCENE(the_peer_has_half_closed),
    SCENE(the_peer_has_gone),
    SCENE(urgent_data),
    SCENE(every_door_of_libc),
    SCENE(resumed_cuts),
    SCENE(another_connection_before),
    SCENE(a_birth_that_was_not_seen),
    SCENE(a_fast_open),
    SCENE(a_fast_open_of_a_stranger),
    SCENE(a_write_before_main),
    SCENE(a_child_that_does_not_write),
    SCENE(a_child_that_alone_writes),
    SCENE(segments_lost),
    SCENE(a_call_that_never_returned),
    SCENE(a_close_inside_a_message),
    SCENE(a_close_beside_a_write),
    SCENE(a_close_beside_a_write_that_ends_its_message),
    SCENE(a_close_of_a_number_that_means_another),
    SCENE(a_shutdown_inside_a_message),
};

int main(int argc, char **argv)
{
	return scene_play(scenes, sizeof(scenes) / sizeof(scenes[0]), argc, argv);
}
