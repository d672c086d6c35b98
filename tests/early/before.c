/* A library that asks to be initialised first, and is loaded behind the shim, so that its constructor
 * runs before any other. What it left is used from main, when the guard is up. */

#include "before.h"

#include <pthread.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include "../guard/scene.h"

struct before before;

static void check_echo(struct wire wire, const char *text)
{
	char got[16];
	size_t length = strlen(text);

	CHECK(write(wire.writer, text, length) == (ssize_t)length);
	wire_read(wire, (uint8_t *)got, length);
	CHECK(memcmp(got, text, length) == 0);
}

static void *use_a_stream(void *unused)
{
	struct wire wire = wire_open();

	check_echo(wire, "thread");
	close(wire.writer);
	close(wire.peer);
	return unused;
}

/* Every door once, with the bytes checked. */
static void use_streams(void)
{
	static const char *const names[] = {"write", "writev", "send", "sendto", "sendmsg", "sendmmsg"};
	struct wire wire = wire_open();
	pthread_t thread;
	int status;
	uint8_t got[6];

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		CHECK(put_named(names[i])(wire.writer, "bytes.", 6) == 6);
		wire_read(wire, got, 6);
		CHECK(memcmp(got, "bytes.", 6) == 0);
	}
	CHECK(write(-1, "", 0) == -1 && errno == EBADF);
	CHECK(pthread_create(&thread, NULL, use_a_stream, NULL) == 0 && pthread_join(thread, NULL) == 0);
	pid_t child = fork();
	if (child == 0) {
		use_a_stream(NULL);
		_exit(0);
	}
	CHECK(waitpid(child, &status, 0) == child && status == 0);
	CHECK(dup2(wire.writer, wire.peer) == wire.peer && close(wire.peer) == 0 && close(wire.writer) == 0);
}

static size_t send_some(struct wire wire, unsigned number)
{
	ssize_t n = send(wire.writer, message(number), MESSAGE_LENGTH, MSG_DONTWAIT);

	CHECK(n > 0 && (size_t)n < MESSAGE_LENGTH);
	return (size_t)n;
}

__attribute__((constructor)) static void leave_something(int argc, char **argv)
{
	scene_start();
	use_streams();
	before.whole = wire_open();
	check_echo(before.whole, "early");
	before.half = wire_open();
	before.sent = send_some(before.half, 1);
	CHECK(close(dup(before.half.writer)) == 0);
	before.original = wire_open();
	check_echo(before.original, "early");
	before.copy = before.original;
	before.copy.writer = dup(before.original.writer);
	if (argc > 1 && strcmp(argv[1], BEFORE_FORKS) == 0)
		before.child = fork();
	CHECK(before.child >= 0);
}
