/* nested SCENE: signal handlers that write while a write of their own thread is in the kernel. */

#include "scene.h"

#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "play.h"

#ifndef SS_AUTODISARM
#define SS_AUTODISARM (1U << 31)
#endif
#define DEEP 10 /* more calls than the guard remembers in one thread */

static struct wire wire, other;
static const uint8_t *sent;
static volatile int handled;
static sigjmp_buf landing;

/* Pokes this thread once it is blocked, then reads message 1 to its end; exits with 1 if it is another. */
static pid_t start_reader(int signal)
{
	pid_t pid = getpid(), tid = (pid_t)syscall(SYS_gettid);
	pid_t child = fork();

	CHECK(child >= 0);
	if (child > 0)
		return child;
	scene_start();
	await_blocked_in(pid, tid, wire);
	syscall(SYS_tgkill, pid, tid, signal);
	wire_check_whole(wire, 1);
	_exit(0);
}

static void end_reader(pid_t reader)
{
	int status;

	CHECK(waitpid(reader, &status, 0) == reader);
	CHECK(status == 0);
}

static void send_rest(size_t length)
{
	while (length < MESSAGE_LENGTH) {
		ssize_t n = write(wire.writer, sent + length, MESSAGE_LENGTH - length);

		CHECK(n > 0);
		length += (size_t)n;
	}
}

/* The interrupted write is cut by the signal, goes on, and arrives whole. */
static void send_under(void (*handler)(int), int flags)
{
	pid_t reader;
	ssize_t n;

	handle(SIGUSR1, handler, flags);
	reader = start_reader(SIGUSR1);
	n = write(wire.writer, sent, MESSAGE_LENGTH);
	CHECK(n > 0);
	CHECK(handled == 1);
	send_rest((size_t)n);
	end_reader(reader);
	wire_check_usable(wire);
}

static void write_here(int signal)
{
	(void)signal;
	handled++;
	CHECK(write(wire.writer, "nested", 6) == -1 && errno == EPIPE);
	CHECK(send(wire.writer, "nested", 6, 0) == -1 && errno == EPIPE);
	CHECK(write(wire.writer, "", 0) == -1 && errno == EPIPE);
	CHECK(write(wire.writer, sent, MESSAGE_LENGTH) == -1 && errno == EPIPE);
}

static void writing_to_the_interrupted_stream_is_refused(void)
{
	send_under(write_here, 0);
}

static void writing_to_the_interrupted_stream_is_refused_with_restart(void)
{
	send_under(write_here, SA_RESTART);
}

static void write_here_nonblocking(int signal)
{
	(void)signal;
	handled++;
	CHECK(send(wire.writer, "nested", 6, MSG_DONTWAIT) == -1 && errno == EAGAIN);
	CHECK(fcntl(wire.writer, F_SETFL, O_NONBLOCK) == 0);
	CHECK(write(wire.writer, "nested", 6) == -1 && errno == EAGAIN);
	CHECK(fcntl(wire.writer, F_SETFL, 0) == 0);
}

static void writing_to_the_interrupted_stream_without_blocking_would_block(void)
{
	send_under(write_here_nonblocking, 0);
}

static void write_here_in_audit(int signal)
{
	(void)signal;
	handled++;
	wire_drain(wire, (uint8_t[MESSAGE_LENGTH]){0}, MESSAGE_LENGTH);
	CHECK(write(wire.writer, "nested", 6) == 6);
	CHECK(send(wire.writer, "nested", 6, MSG_DONTWAIT) == 6);
}

/* Played in mode audit. */
static void audit_lets_it_through(void)
{
	handle(SIGUSR1, write_here_in_audit, 0);
	poke_when_blocked(wire, SIGUSR1);
	CHECK(write(wire.writer, sent, MESSAGE_LENGTH) > 0);
	CHECK(handled == 1);
}

static void write_there(int signal)
{
	(void)signal;
	handled++;
	wire_check_usable(other);
}

static void writing_to_another_stream_is_free(void)
{
	send_under(write_there, 0);
	wire_check_usable(other);
}

static void use_stack(void *bytes, size_t size, int flags)
{
	stack_t stack = {.ss_sp = bytes, .ss_size = size, .ss_flags = flags};

	CHECK(sigaltstack(&stack, NULL) == 0);
}

static void writing_to_another_stream_from_an_alternate_stack_is_free(void)
{
	use_stack(malloc(1 << 16), 1 << 16, 0);
	send_under(write_there, SA_ONSTACK);
}

static void writing_to_the_interrupted_stream_from_an_alternate_stack_is_refused(void)
{
	use_stack(malloc(1 << 16), 1 << 16, 0);
	send_under(write_here, SA_ONSTACK);
}

/* An alternate stack above the normal one. */
static __attribute__((noinline)) void send_from_below(unsigned levels, void (*handler)(int))
{
	volatile char frame[4096];

	frame[0] = 0;
	if (levels)
		send_from_below(levels - 1, handler);
	else
		send_under(handler, SA_ONSTACK);
	CHECK(frame[0] == 0);
}

static void an_alternate_stack_above_the_normal_one_is_no_jump(void)
{
	char above[1 << 16];

	use_stack(above, sizeof(above), 0);
	send_from_below(4, write_there);
}

/* Fills the stream with whole messages until nothing more fits: the next write moves no byte. */
static size_t fill(void)
{
	size_t count = 0;

	while (send(wire.writer, sent, 1024, MSG_DONTWAIT) == 1024)
		count++;
	CHECK(errno == EAGAIN);
	CHECK(count > 0);
	return count;
}

/* The kernel says nothing about such a stack while a handler runs on it. */
static void an_autodisarmed_stack_above_the_normal_one_is_no_jump(void)
{
	char above[1 << 16];

	use_stack(above, sizeof(above), (int)SS_AUTODISARM);
	send_from_below(4, write_there);
}

static void a_write_interrupted_before_its_first_byte_leaves_no_trace(void)
{
	handle(SIGUSR1, write_here, 0);
	fill();
	poke_when_blocked(wire, SIGUSR1);
	CHECK(write(wire.writer, sent, MESSAGE_LENGTH) == -1 && errno == EINTR);
	CHECK(handled == 1);
	uint8_t *bytes = malloc(MESSAGE_LENGTH);
	wire_drain(wire, bytes, MESSAGE_LENGTH);
	wire_check_usable(wire);
}

static void write_here_and_drain(int signal)
{
	static uint8_t bytes[MESSAGE_LENGTH];

	write_here(signal);
	wire_drain(wire, bytes, sizeof(bytes));
}

static void a_write_restarted_before_its_first_byte_goes_on(void)
{
	handle(SIGUSR1, write_here_and_drain, SA_RESTART);
	fill();
	poke_when_blocked(wire, SIGUSR1);
	CHECK(write(wire.writer, sent, 1000) == 1000);
	CHECK(handled == 1);
	uint8_t *bytes = malloc(1000);
	wire_read(wire, bytes, 1000);
	CHECK(memcmp(bytes, sent, 1000) == 0);
	wire_check_usable(wire);
}

static struct writer later;

static void drain_and_begin_a_writer(int signal)
{
	static uint8_t bytes[MESSAGE_LENGTH];

	(void)signal;
	later = (struct writer){.wire = wire, .number = 2, .put = put_named("write")};
	writer_start(&later);
	wire_drain(wire, bytes, sizeof(bytes));
}

/* The call began in a process with one thread, and ends in one with two. */
static void a_write_whose_handler_begins_a_thread_lets_that_in(void)
{
	uint8_t bytes[1024];

	handle(SIGUSR1, drain_and_begin_a_writer, SA_RESTART);
	fill();
	poke_when_blocked(wire, SIGUSR1);
	CHECK(write(wire.writer, sent, sizeof(bytes)) == sizeof(bytes));
	wire_read(wire, bytes, sizeof(bytes));
	CHECK(memcmp(bytes, sent, sizeof(bytes)) == 0);
	wire_check_begins(wire, 2);
	writer_join(&later);
	CHECK(later.result == (ssize_t)MESSAGE_LENGTH);
}

/* Every handler is interrupted in a write to the next stream. */
static struct wire deep[DEEP + 1];

static void go_deeper(int signal)
{
	int level = ++handled;
	ssize_t n;

	(void)signal;
	if (level == DEEP)
		return;
	poke_when_blocked(deep[level], SIGUSR1);
	n = write(deep[level].writer, sent, MESSAGE_LENGTH);
	CHECK(n > 0 && n < (ssize_t)MESSAGE_LENGTH);
}

static void more_nested_calls_than_the_guard_remembers(void)
{
	for (size_t i = 0; i < DEEP; i++)
		deep[i] = wire_open();
	handle(SIGUSR1, go_deeper, SA_NODEFER);
	poke_when_blocked(deep[0], SIGUSR1);
	CHECK(write(deep[0].writer, sent, MESSAGE_LENGTH) > 0);
	CHECK(handled == DEEP);
	for (size_t i = 0; i < 8; i++)
		wire_check_poisoned(deep[i]);
}

static void jump_out_of_the_inner_call(int signal)
{
	if (++handled == 2)
		siglongjmp(landing, signal);
	poke_when_blocked(other, SIGUSR1);
	if (sigsetjmp(landing, 1) == 0)
		write(other.writer, message(2), MESSAGE_LENGTH);
	wire_check_poisoned(other);
	handled = 1;
}

static void a_jump_over_the_inner_call_spares_the_outer(void)
{
	send_under(jump_out_of_the_inner_call, SA_NODEFER);
	wire_check_cut(other, 2);
}

static const struct scene scenes[] = {
    SCENE(writing_to_the_interrupted_stream_is_refused),
    SCENE(writing_to_the_interrupted_stream_is_refused_with_restart),
    SCENE(writing_to_the_interrupted_stream_without_blocking_would_block),
    SCENE(writing_to_another_stream_is_free),
    SCENE(writing_to_another_stream_from_an_alternate_stack_is_free),
    SCENE(writing_to_the_interrupted_stream_from_an_alternate_stack_is_refused),
    SCENE(an_alternate_stack_above_the_normal_one_is_no_jump),
    SCENE(an_autodisarmed_stack_above_the_normal_one_is_no_jump),
    SCENE(a_write_interrupted_before_its_first_byte_leaves_no_trace),
    SCENE(a_write_restarted_before_its_first_byte_goes_on),
    SCENE(a_write_whose_handler_begins_a_thread_lets_that_in),
    SCENE(more_nested_calls_than_the_guard_remembers),
    SCENE(a_jump_over_the_inner_call_spares_the_outer),
};

static const struct scene audited[] = {{"audit_lets_it_through", audit_lets_it_through}};

int main(int argc, char **argv)
{
	wire = wire_open();
	other = wire_open();
	sent = message(1);
	if (argc > 1 && strcmp(argv[1], audited[0].name) == 0)
		return scene_play(audited, 1, argc, argv);
	return scene_play(scenes, sizeof(scenes) / sizeof(scenes[0]), argc, argv);
}
