/* cancelled SCENE: threads that are cancelled in a call that sends nothing. */

#include "scene.h"

#include <pthread.h>
#include <sched.h>

#include "play.h"

static struct wire wire;
static _Atomic int handled;

/* A cancellation that comes while it is disabled acts in the next cancellation point. */
static void *do_while_cancelled(void *action)
{
	int state;

	wire_check_usable(wire_open());
	CHECK(pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &state) == 0);
	handled = 1;
	while (handled == 1)
		sched_yield();
	CHECK(pthread_setcancelstate(state, NULL) == 0);
	(*(void (**)(void))action)();
	return NULL;
}

static void check_cancelled_in(void (*action)(void))
{
	pthread_t thread;
	void *result;

	handled = 0;
	CHECK(pthread_create(&thread, NULL, do_while_cancelled, &action) == 0);
	while (!handled)
		sched_yield();
	CHECK(pthread_cancel(thread) == 0);
	handled = 2;
	CHECK(pthread_join(thread, &result) == 0);
	CHECK(result == PTHREAD_CANCELED);
}

static void write_to_it(void)
{
	if (write(wire.writer, "another", 7) == -1)
		errno = 0;
}

static void send_without_waiting(void)
{
	if (send(wire.writer, "another", 7, MSG_DONTWAIT) == -1)
		errno = 0;
}

static void close_it(void)
{
	close(wire.writer);
}

static void poison(void)
{
	CHECK(send(wire.writer, message(1), MESSAGE_LENGTH, MSG_DONTWAIT) > 0);
	CHECK(write(wire.writer, "another", 7) == -1 && errno == EPIPE);
}

static void a_refused_write_is_a_cancellation_point(void)
{
	poison();
	check_cancelled_in(write_to_it);
	check_cancelled_in(send_without_waiting);
}

static void a_write_that_does_not_wait_is_a_cancellation_point(void)
{
	struct writer inside = {.wire = wire, .number = 1, .put = put_named("write")};

	writer_start(&inside);
	writer_await_blocked(&inside);
	check_cancelled_in(send_without_waiting);
	wire_check_begins(wire, 1);
	writer_join(&inside);
	wire_check_usable(wire);
}

static void a_write_cancelled_before_its_first_byte_leaves_no_trace(void)
{
	check_cancelled_in(write_to_it);
	check_cancelled_in(send_without_waiting);
	wire_check_usable(wire);
}

static void a_close_that_is_cancelled_ends_nothing(void)
{
	poison();
	check_cancelled_in(close_it);
	wire_check_poisoned(wire);
	wire_check_cut(wire, 1);
}

static const struct scene scenes[] = {
    SCENE(a_refused_write_is_a_cancellation_point),
    SCENE(a_write_that_does_not_wait_is_a_cancellation_point),
    SCENE(a_write_cancelled_before_its_first_byte_leaves_no_trace),
    SCENE(a_close_that_is_cancelled_ends_nothing),
};

int main(int argc, char **argv)
{
	wire = wire_open();
	return scene_play(scenes, sizeof(scenes) / sizeof(scenes[0]), argc, argv);
}
