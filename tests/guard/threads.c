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
	block_first();
	check_cancelled_in(send_without_waiting);
	finish_first();
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

/* Whole messages: four bytes of length, the number of their thread, and that again in every byte. */
#define CROWD 4
#define CROWD_MESSAGES 60
#define CROWD_BYTES 3000

static void *send_messages(void *number)
{
	uint8_t bytes[CROWD_BYTES];

	memset(bytes, *(int *)number, sizeof(bytes));
	memcpy(bytes, "\0\0\x0b\xb4", 4);
	for (int i = 0; i < CROWD_MESSAGES; i++) {
		ssize_t n = write(wire.writer, bytes, sizeof(bytes));

		if (n < 0)
			CHECK(errno == EPIPE);
		if (n < 0)
			return number;
		CHECK(n == CROWD_BYTES);
	}
	return NULL;
}

static pthread_t crowd[CROWD];
static int numbers[CROWD] = {1, 2, 3, 4};

static void start_crowd(void)
{
	for (int i = 0; i < CROWD; i++)
		CHECK(pthread_create(&crowd[i], NULL, send_messages, &numbers[i]) == 0);
}

/* False at the end of the stream; inside a message only if `cut` may be. */
static bool read_message(bool cut)
{
	uint8_t bytes[CROWD_BYTES];
	ssize_t n = recv(wire.peer, bytes, sizeof(bytes), MSG_WAITALL);

	CHECK(n == CROWD_BYTES || n == 0 || cut);
	for (ssize_t i = 4; i < n; i++)
		CHECK(bytes[i] == bytes[4]);
	return n == CROWD_BYTES;
}

static void messages_of_many_threads_stay_whole(void)
{
	start_crowd();
	for (int i = 0; i < CROWD * CROWD_MESSAGES; i++)
		CHECK(read_message(false));
	for (int i = 0; i < CROWD; i++) {
		void *failed;

		CHECK(pthread_join(crowd[i], &failed) == 0);
		CHECK(!failed);
	}
	wire_check_usable(wire);
}

static void *end_crowd(void *unused)
{
	for (int i = 0; i < CROWD; i++)
		CHECK(pthread_join(crowd[i], NULL) == 0);
	close(wire.writer);
	return unused;
}

static void cancel_one_after(int messages)
{
	pthread_t end;

	start_crowd();
	for (int i = 0; i < messages; i++)
		CHECK(read_message(false));
	CHECK(pthread_cancel(crowd[messages % CROWD]) == 0);
	CHECK(pthread_create(&end, NULL, end_crowd, NULL) == 0);
	while (read_message(true))
		;
	CHECK(recv(wire.peer, &end, 1, 0) == 0);
	CHECK(pthread_join(end, NULL) == 0);
	close(wire.peer);
}

static void cancelling_one_of_many_threads_cuts_at_most_one_message(void)
{
	for (int messages = 1; messages < 60; messages++) {
		cancel_one_after(messages);
		wire = wire_open();
	}
}

/* Streams torn, poisoned and closed in every thread: no new one inherits anything. */
static void *churn(void *unused)
{
	const uint8_t *bytes = message(3);

	for (int i = 0; i < 300; i++) {
		struct wire mine = wire_open();

		wire_check_usable(mine);
		if (i % 3) {
			CHECK(send(mine.writer, bytes, MESSAGE_LENGTH, MSG_DONTWAIT) > 0);
			CHECK(i % 3 == 1 || (write(mine.writer, "another", 7) == -1 && errno == EPIPE));
		}
		close(mine.peer);
		close(mine.writer);
	}
	return unused;
}

static void numbers_reused_by_many_threads_are_clean(void)
{
	for (int i = 0; i < CROWD; i++)
		CHECK(pthread_create(&crowd[i], NULL, churn, NULL) == 0);
	for (int i = 0; i < CROWD; i++)
		CHECK(pthread_join(crowd[i], NULL) == 0);
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
    SCENE(a_refused_write_is_a_cancellation_point),
    SCENE(a_write_that_does_not_wait_is_a_cancellation_point),
    SCENE(a_write_cancelled_before_its_first_byte_leaves_no_trace),
    SCENE(a_close_that_is_cancelled_ends_nothing),
    SCENE(closing_under_a_writer_leaves_the_number_clean),
    SCENE(cancelling_a_writer_after_close_leaves_the_number_clean),
    SCENE(closing_under_a_waiting_writer_does_not_move_it_to_the_next),
    SCENE(a_child_forked_meanwhile_goes_unguarded),
    SCENE(messages_of_many_threads_stay_whole),
    SCENE(cancelling_one_of_many_threads_cuts_at_most_one_message),
    SCENE(numbers_reused_by_many_threads_are_clean),
};

int main(int argc, char **argv)
{
	wire = wire_open();
	return scene_play(scenes, sizeof(scenes) / sizeof(scenes[0]), argc, argv);
}
