/* numbers SCENE: syscall() is no cancellation point, whatever its number. */

#include "../guard/scene.h"

#include <pthread.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>

#include "../guard/play.h"

static struct wire wire;
static _Atomic int step;
static _Atomic pid_t tid;

static void poison(void)
{
	CHECK(syscall(SYS_sendto, wire.writer, message(1), MESSAGE_LENGTH, MSG_DONTWAIT, NULL, 0) > 0);
	wire_check_cut(wire, 1);
	CHECK(syscall(SYS_write, wire.writer, "another", 7) == -1 && errno == EPIPE);
}

/* With a cancellation under way, in a thread. */
static void *do_while_cancelled(void *action)
{
	step = 1;
	while (step == 1)
		sched_yield();
	(*(void (**)(void))action)();
	step = 3;
	pthread_testcancel();
	return NULL;
}

static void check_not_cancelled_in(void (*action)(void))
{
	pthread_t thread;
	void *result;

	CHECK(pthread_create(&thread, NULL, do_while_cancelled, &action) == 0);
	while (!step)
		sched_yield();
	CHECK(pthread_cancel(thread) == 0);
	step = 2;
	CHECK(pthread_join(thread, &result) == 0);
	CHECK(result == PTHREAD_CANCELED);
	CHECK(step == 3);
}

static void write_whole(void)
{
	CHECK(syscall(SYS_write, wire.writer, "a whole ", 8) == 8);
}

static void write_and_close(void)
{
	struct wire own = wire_open();

	CHECK(syscall(SYS_write, own.writer, "a whole ", 8) == 8);
	CHECK(syscall(SYS_close, own.writer) == 0);
}

static void be_refused(void)
{
	errno = 0;
	CHECK(syscall(SYS_write, wire.writer, "another", 7) == -1 && errno == EPIPE);
}

static void a_write_by_number_goes_through(void)
{
	uint8_t bytes[8];

	check_not_cancelled_in(write_whole);
	wire_read(wire, bytes, sizeof(bytes));
	CHECK(memcmp(bytes, "a whole ", 8) == 0);
	wire_check_usable(wire);
}

static void a_close_by_number_closes(void)
{
	/* wire_open() writes by name. */
	setenv("SCENE_COLD", "1", 1);
	check_not_cancelled_in(write_and_close);
}

static void a_refused_write_by_number_comes_back(void)
{
	poison();
	check_not_cancelled_in(be_refused);
	CHECK(wire_drain(wire, (uint8_t[1]){0}, 1) == 0);
}

static void *write_message(void *unused)
{
	const uint8_t *bytes = message(1);

	tid = gettid();
	CHECK(syscall(SYS_write, wire.writer, bytes, MESSAGE_LENGTH) == (long)MESSAGE_LENGTH);
	step = 1;
	pthread_testcancel();
	return unused;
}

static void *wait_its_turn(void *unused)
{
	tid = gettid();
	CHECK(syscall(SYS_write, wire.writer, "a whole ", 8) == 8);
	step = 2;
	pthread_testcancel();
	return unused;
}

static pthread_t start(void *(*body)(void *))
{
	pthread_t thread;

	tid = 0;
	CHECK(pthread_create(&thread, NULL, body, NULL) == 0);
	while (!tid)
		sched_yield();
	return thread;
}

static void join_cancelled(pthread_t thread)
{
	void *result;

	CHECK(pthread_join(thread, &result) == 0);
	CHECK(result == PTHREAD_CANCELED);
}

static void a_blocked_write_by_number_is_finished_first(void)
{
	pthread_t thread = start(write_message);

	await_blocked(tid, wire);
	CHECK(pthread_cancel(thread) == 0);
	wire_check_whole(wire, 1);
	join_cancelled(thread);
	CHECK(step == 1);
	wire_check_usable(wire);
}

/* Behind another thread's write. */
static void waiting_by_number_is_finished_first(void)
{
	struct writer first = {.wire = wire, .number = 1, .put = put_named("write")};
	uint8_t bytes[8];
	pthread_t thread;

	writer_start(&first);
	writer_await_blocked(&first);
	thread = start(wait_its_turn);
	await_sleeping(tid);
	CHECK(pthread_cancel(thread) == 0);
	wire_check_begins(wire, 1);
	wire_read(wire, bytes, sizeof(bytes));
	join_cancelled(thread);
	CHECK(step == 2);
	writer_join(&first);
	wire_check_usable(wire);
}

static const struct scene scenes[] = {
    SCENE(a_write_by_number_goes_through),	 SCENE(a_close_by_number_closes),
    SCENE(a_refused_write_by_number_comes_back), SCENE(a_blocked_write_by_number_is_finished_first),
    SCENE(waiting_by_number_is_finished_first),
};

int main(int argc, char **argv)
{
	wire = wire_open();
	return scene_play(scenes, sizeof(scenes) / sizeof(scenes[0]), argc, argv);
}
