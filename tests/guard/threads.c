/* threads SCENE: several threads and one stream. */

#include "scene.h"

#include <fcntl.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>

#include "play.h"

static struct wire wire;
static _Atomic int handled;

/* Every scene that waits begins with a writer of message 1 that is blocked... */
static struct writer first;

static void block_first(void)
{
	first = (struct writer){.wire = wire, .number = 1, .put = put_named("write")};
	writer_start(&first);
	writer_await_blocked(&first);
}

/* ...and ends with that message whole at the peer. */
static void finish_first(void)
{
	CHECK(first.result == -2);
	wire_check_begins(wire, 1);
	writer_join(&first);
	CHECK(first.result == (ssize_t)MESSAGE_LENGTH);
}

static struct writer second;

static void start_second(int flags)
{
	second = (struct writer){.wire = wire, .number = 2, .flags = flags};
	writer_start(&second);
}

static void second_fails(int error)
{
	writer_join(&second);
	CHECK(second.result == -1 && second.error == error);
	finish_first();
	wire_check_usable(wire);
}

static void second_succeeds(void)
{
	finish_first();
	wire_check_begins(wire, 2);
	writer_join(&second);
	CHECK(second.result == (ssize_t)MESSAGE_LENGTH);
	wire_check_usable(wire);
}

static void a_blocking_writer_waits_for_the_one_inside(void)
{
	block_first();
	start_second(0);
	writer_await_sleeping(&second);
	CHECK(second.result == -2);
	second_succeeds();
}

static void msg_dontwait_does_not_wait(void)
{
	block_first();
	start_second(MSG_DONTWAIT);
	second_fails(EAGAIN);
}

static void o_nonblock_does_not_wait(void)
{
	block_first();
	CHECK(fcntl(wire.writer, F_SETFL, O_NONBLOCK) == 0);
	start_second(0);
	writer_join(&second);
	CHECK(fcntl(wire.writer, F_SETFL, 0) == 0);
	CHECK(second.result == -1 && second.error == EAGAIN);
	finish_first();
	wire_check_usable(wire);
}

static void a_send_timeout_ends_the_wait(void)
{
	struct timeval timeout = {.tv_usec = 5000};

	block_first();
	CHECK(setsockopt(wire.writer, SOL_SOCKET, SO_SNDTIMEO, &timeout, sizeof(timeout)) == 0);
	start_second(0);
	second_fails(EAGAIN);
}

static void count(int signal)
{
	(void)signal;
	handled++;
}

static void interrupt_second(int flags)
{
	handle(SIGUSR1, count, flags);
	block_first();
	start_second(0);
	writer_await_sleeping(&second);
	CHECK(pthread_kill(second.thread, SIGUSR1) == 0);
	while (!handled)
		sched_yield();
}

static void a_signal_ends_the_wait(void)
{
	interrupt_second(0);
	second_fails(EINTR);
}

static void a_restarting_signal_does_not_end_the_wait(void)
{
	interrupt_second(SA_RESTART);
	writer_await_sleeping(&second);
	CHECK(second.result == -2);
	second_succeeds();
}

static void cancel_second(void)
{
	void *result;

	CHECK(pthread_cancel(second.thread) == 0);
	CHECK(pthread_join(second.thread, &result) == 0);
	CHECK(result == PTHREAD_CANCELED);
}

static void a_waiting_thread_can_be_cancelled(void)
{
	block_first();
	start_second(0);
	writer_await_sleeping(&second);
	cancel_second();
	finish_first();
	wire_check_usable(wire);
}

static __thread sigjmp_buf landing;

static void jump(int signal)
{
	siglongjmp(landing, signal);
}

static void *jump_out_of_the_wait(void *unused)
{
	if (sigsetjmp(landing, 1) == 0) {
		atomic_store(&handled, (int)syscall(SYS_gettid));
		CHECK(write(wire.writer, "waits", 5) == 5);
		FAIL("the write returned");
	}
	return unused;
}

static void jumping_out_of_the_wait_poisons_nothing(void)
{
	pthread_t thread;

	handle(SIGUSR1, jump, 0);
	block_first();
	CHECK(pthread_create(&thread, NULL, jump_out_of_the_wait, NULL) == 0);
	while (!handled)
		sched_yield();
	await_sleeping(handled);
	CHECK(pthread_kill(thread, SIGUSR1) == 0);
	CHECK(pthread_join(thread, NULL) == 0);
	finish_first();
	wire_check_usable(wire);
}

static void write_while_waiting(int signal)
{
	(void)signal;
	CHECK(send(wire.writer, "nested", 6, MSG_DONTWAIT) == -1 && errno == EAGAIN);
	handled++;
}

static void a_handler_of_a_waiting_thread_does_not_get_in(void)
{
	handle(SIGUSR1, write_while_waiting, SA_RESTART);
	block_first();
	start_second(0);
	writer_await_sleeping(&second);
	CHECK(pthread_kill(second.thread, SIGUSR1) == 0);
	while (!handled)
		sched_yield();
	second_succeeds();
}

static void nobody_waits_for_another_stream(void)
{
	block_first();
	for (int i = 0; i < 100; i++) {
		struct wire other = wire_open();

		wire_check_usable(other);
		close(other.writer);
		close(other.peer);
	}
	finish_first();
}

static void *do_nothing(void *unused)
{
	return unused;
}

static void resuming_is_free_beside_other_threads(void)
{
	static uint8_t bytes[MESSAGE_LENGTH];
	const uint8_t *whole = message(1);
	size_t sent = 0, calls = 0;
	pthread_t thread;

	CHECK(pthread_create(&thread, NULL, do_nothing, NULL) == 0);
	CHECK(pthread_join(thread, NULL) == 0);
	for (; sent < MESSAGE_LENGTH; calls++) {
		ssize_t n = send(wire.writer, whole + sent, MESSAGE_LENGTH - sent, MSG_DONTWAIT);

		CHECK(n > 0);
		CHECK(wire_drain(wire, bytes, sizeof(bytes)) == (size_t)n);
		sent += (size_t)n;
	}
	CHECK(calls > 1);
	wire_check_usable(wire);
}

static void poison_is_seen_by_every_thread(void)
{
	CHECK(send(wire.writer, message(1), MESSAGE_LENGTH, MSG_DONTWAIT) > 0);
	CHECK(write(wire.writer, "another", 7) == -1 && errno == EPIPE);
	for (int i = 0; i < 3; i++) {
		struct writer thread = {.wire = wire, .number = 2, .put = put_named("sendmsg")};

		writer_start(&thread);
		writer_join(&thread);
		CHECK(thread.result == -1 && thread.error == EPIPE);
	}
	wire_check_cut(wire, 1);
}

static void closing_under_a_writer_leaves_the_number_clean(void)
{
	struct wire next;

	block_first();
	CHECK(close(wire.writer) == 0);
	next = wire_open();
	CHECK(next.writer == wire.writer);
	wire_check_usable(next);
	finish_first();
	wire_check_usable(next);
}

static void cancelling_a_writer_after_close_leaves_the_number_clean(void)
{
	struct wire next;

	block_first();
	CHECK(close(wire.writer) == 0);
	next = wire_open();
	CHECK(pthread_cancel(first.thread) == 0);
	CHECK(pthread_join(first.thread, NULL) == 0);
	wire_check_usable(next);
	wire_check_cut(wire, 1);
}

/* What waited for the old connection must not reach the new one. */
static void closing_under_a_waiting_writer_does_not_move_it_to_the_next(void)
{
	struct wire next;
	uint8_t bytes[16];

	block_first();
	start_second(0);
	writer_await_sleeping(&second);
	CHECK(close(wire.writer) == 0);
	next = wire_open();
	CHECK(next.writer == wire.writer);
	finish_first();
	writer_join(&second);
	CHECK(wire_drain(next, bytes, sizeof(bytes)) == 0);
	CHECK(second.result == -1 && second.error == EBADF);
	wire_check_usable(next);
}

/* Sends once there is room, which the parent's thread wants too. */
static void send_unguarded(const void *whole, size_t length)
{
	static uint8_t bytes[MESSAGE_LENGTH];
	ssize_t n;

	do {
		wire_drain(wire, bytes, sizeof(bytes));
		n = send(wire.writer, whole, length, MSG_DONTWAIT);
		CHECK(n > 0 || errno == EAGAIN);
	} while (n < 0);
}

static void be_unguarded(void)
{
	scene_start();
	wire_check_usable(wire_open());
	send_unguarded("of the child", 12);
	send_unguarded(message(4), MESSAGE_LENGTH);
	send_unguarded("not the rest", 12);
	_exit(0);
}

/* In the child the thread that is inside the write does not exist. */
static void a_child_forked_meanwhile_goes_unguarded(void)
{
	static uint8_t bytes[MESSAGE_LENGTH];
	int status;
	pid_t child;

	block_first();
	child = fork();
	CHECK(child >= 0);
	if (child == 0)
		be_unguarded();
	CHECK(waitpid(child, &status, 0) == child && status == 0);
	while (first.result == -2)
		wire_drain(wire, bytes, sizeof(bytes));
	writer_join(&first);
	CHECK(first.result == (ssize_t)MESSAGE_LENGTH);
	wire_drain(wire, bytes, sizeof(bytes));
	wire_check_usable(wire);
}

static const struct scene scenes[] = {
    SCENE(a_blocking_writer_waits_for_the_one_inside),
    SCENE(msg_dontwait_does_not_wait),
    SCENE(o_nonblock_does_not_wait),
    SCENE(a_send_timeout_ends_the_wait),
    SCENE(a_signal_ends_the_wait),
    SCENE(a_restarting_signal_does_not_end_the_wait),
    SCENE(a_waiting_thread_can_be_cancelled),
    SCENE(jumping_out_of_the_wait_poisons_nothing),
    SCENE(a_handler_of_a_waiting_thread_does_not_get_in),
    SCENE(nobody_waits_for_another_stream),
    SCENE(resuming_is_free_beside_other_threads),
    SCENE(poison_is_seen_by_every_thread),
    SCENE(closing_under_a_writer_leaves_the_number_clean),
    SCENE(cancelling_a_writer_after_close_leaves_the_number_clean),
    SCENE(closing_under_a_waiting_writer_does_not_move_it_to_the_next),
    SCENE(a_child_forked_meanwhile_goes_unguarded),
};

int main(int argc, char **argv)
{
	wire = wire_open();
	return scene_play(scenes, sizeof(scenes) / sizeof(scenes[0]), argc, argv);
}
