/* no_return WAY FUNCTION NEXT: a write call that never returns, and what comes behind it.
 *
 * WAY: how the call is left. FUNCTION: the write function. NEXT: who writes next: "self", "other" thread,
 * "waiting" thread that is already waiting for the stream, or a thread with the "same-number"; or what is
 * written to: "reconnect" or "unseen" for another connection with the old one's number. */

#include "scene.h"

#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>

#include "throw.h"

#define NOINLINE __attribute__((noinline))

static struct wire wire, bystander;
static put_function *put;
static const uint8_t *sent;
static sigjmp_buf landing;

static void jump(int signal)
{
	(void)signal;
	siglongjmp(landing, 1);
}

static void put_message(void *unused)
{
	(void)unused;
	put(wire.writer, sent, MESSAGE_LENGTH);
}

/* Behind the jump the stream is written to from a frame that lies... */

static NOINLINE void jump_and_write_here(void (*next)(void))
{
	if (sigsetjmp(landing, 1) == 0)
		put_message(NULL);
	next();
}

static NOINLINE void only_jump(void)
{
	if (sigsetjmp(landing, 1) == 0)
		put_message(NULL);
}

static NOINLINE void jump_and_write_above(void (*next)(void))
{
	only_jump();
	next();
}

static NOINLINE void go_down(unsigned levels, void (*next)(void))
{
	volatile char frame[256];

	memset((void *)(uintptr_t)frame, (int)levels, sizeof(frame));
	if (levels)
		go_down(levels - 1, next);
	else
		next();
	frame[0] = 0;
}

static NOINLINE void jump_and_write_below(void (*next)(void))
{
	if (sigsetjmp(landing, 1) == 0)
		put_message(NULL);
	else
		go_down(40, next);
}

/* What the call has left on the stack stays there. */
static NOINLINE void jump_and_write_far_below(void (*next)(void))
{
	if (sigsetjmp(landing, 1) == 0) {
		put_message(NULL);
	} else {
		volatile char *untouched = alloca((size_t)256 << 10);

		untouched[0] = 0;
		next();
	}
}

static NOINLINE void throw_and_write(void (*next)(void))
{
	CHECK(catch_from(put_message, NULL));
	next();
}

static const struct leap {
	const char *way;
	void (*run)(void (*next)(void));
	void (*handler)(int);
	int flags;
} leaps[] = {
    {"jump-to-the-same-frame", jump_and_write_here, jump, 0},
    {"jump-to-a-shallower-frame", jump_and_write_above, jump, 0},
    {"jump-to-a-deeper-frame", jump_and_write_below, jump, 0},
    {"jump-far-below", jump_and_write_far_below, jump, 0},
    {"jump-from-an-alternate-stack", jump_and_write_here, jump, SA_ONSTACK},
    {"jump-from-an-alternate-stack-to-a-deeper-frame", jump_and_write_below, jump, SA_ONSTACK},
    {"exception", throw_and_write, throw_from_handler, 0},
};

static void use_alternate_stack(void)
{
	stack_t stack = {.ss_sp = malloc(1 << 16), .ss_size = 1 << 16};

	CHECK(sigaltstack(&stack, NULL) == 0);
}

static void check_streams(void)
{
	wire_check_usable(bystander);
	wire_check_poisoned(wire);
	wire_check_usable(bystander);
}

static void next_is_another_thread(void)
{
	struct writer late = {.wire = wire, .number = 2, .flags = MSG_DONTWAIT};
	struct writer next = {.wire = wire, .number = 3, .put = put};

	/* This thread may still be inside for all that the others can know. */
	writer_start(&late);
	writer_join(&late);
	CHECK(late.result == -1 && late.error == EAGAIN);
	writer_start(&next);
	writer_await_sleeping(&next);
	wire_check_usable(bystander);
	writer_join(&next);
	CHECK(next.result == -1 && next.error == EPIPE);
	check_streams();
}

/* What a program should do: give the connection up and open another, which gets its number. */
static void next_is_another_connection(void)
{
	struct wire again;

	CHECK(close(wire.writer) == 0);
	again = wire_open();
	CHECK(again.writer == wire.writer);
	wire_check_usable(again);
	wire_check_usable(bystander);
	wire_check_usable(again);
}

/* Neither the end of the old one is seen nor the birth of the new one. */
static void next_is_an_unseen_connection(void)
{
	int pair[2];

	CHECK(syscall(SYS_close, wire.writer) == 0);
	CHECK(syscall(SYS_socketpair, AF_UNIX, SOCK_STREAM, 0, pair) == 0);
	CHECK(pair[0] == wire.writer);
	wire_check_usable((struct wire){pair[0], pair[1]});
	wire_check_usable(bystander);
	wire_check_usable((struct wire){pair[0], pair[1]});
}

static void (*next_named(const char *name))(void)
{
	if (strcmp(name, "self") == 0)
		return check_streams;
	if (strcmp(name, "reconnect") == 0)
		return next_is_another_connection;
	if (strcmp(name, "unseen") == 0)
		return next_is_an_unseen_connection;
	return next_is_another_thread;
}

static void run_leap(const struct leap *leap, const char *next)
{
	if (leap->flags & SA_ONSTACK)
		use_alternate_stack();
	handle(SIGUSR1, leap->handler, leap->flags);
	poke_when_blocked(wire, SIGUSR1);
	leap->run(next_named(next));
}

/* A thread that ends inside the call. */

static void exit_thread(int signal)
{
	(void)signal;
	pthread_exit(NULL);
}

static void end_thread(int signal)
{
	(void)signal;
	syscall(SYS_exit, 0);
}

static void *put_in_thread(void *type)
{
	pthread_setcanceltype(*(int *)type, NULL);
	put_message(NULL);
	return NULL;
}

static void *jump_in_thread(void *unused)
{
	only_jump();
	return unused;
}

/* Writes again while its thread is being cancelled. */
static void say_goodbye(void *unused)
{
	(void)unused;
	CHECK(put(wire.writer, "goodbye", 7) == -1 && errno == EPIPE);
	wire_check_usable(bystander);
}

static void *put_with_cleanup(void *unused)
{
	pthread_cleanup_push(say_goodbye, NULL);
	put_message(NULL);
	pthread_cleanup_pop(0);
	return unused;
}

static int deferred = PTHREAD_CANCEL_DEFERRED, asynchronous = PTHREAD_CANCEL_ASYNCHRONOUS;

static const struct ending {
	const char *way;
	void *(*run)(void *);
	void *argument;
	void (*handler)(int); /* NULL: cancelled */
} endings[] = {
    {"deferred-cancel", put_in_thread, &deferred, NULL},
    {"asynchronous-cancel", put_in_thread, &asynchronous, NULL},
    {"cancel-with-cleanup", put_with_cleanup, NULL, NULL},
    {"pthread-exit-in-a-handler", put_in_thread, &deferred, exit_thread},
    {"raw-exit-in-a-handler", put_in_thread, &deferred, end_thread},
    {"jump-then-end-of-thread", jump_in_thread, NULL, jump},
};

static _Atomic pid_t tid_of_ending;
static const struct ending *ending;

static void *run_ending(void *unused)
{
	(void)unused;
	tid_of_ending = (pid_t)syscall(SYS_gettid);
	return ending->run(ending->argument);
}

static void end_it(pthread_t thread)
{
	if (ending->handler)
		CHECK(pthread_kill(thread, SIGUSR1) == 0);
	else
		CHECK(pthread_cancel(thread) == 0);
	CHECK(pthread_join(thread, NULL) == 0);
}

static void run_end(const char *next)
{
	struct writer waiting = {.wire = wire, .number = 2, .put = put};
	pthread_t thread;

	handle(SIGUSR1, ending->handler ? ending->handler : SIG_IGN, 0);
	CHECK(pthread_create(&thread, NULL, run_ending, NULL) == 0);
	while (!tid_of_ending)
		sched_yield();
	await_blocked(tid_of_ending, wire);
	if (strcmp(next, "waiting") == 0) {
		writer_start(&waiting);
		writer_await_sleeping(&waiting);
	}
	end_it(thread);
	if (strcmp(next, "same-number") == 0)
		return;
	if (strcmp(next, "waiting") == 0) {
		writer_join(&waiting);
		CHECK(waiting.result == -1 && waiting.error == EPIPE);
	}
	check_streams();
}

/* A new thread gets the number of one that ended inside the call. */

#define TRIES 1000
#define CANNOT 77 /* exit status: not allowed to choose numbers */

static _Atomic pid_t tid_of_next;

static void *write_if_it_has_the_number(void *unused)
{
	pid_t tid = (pid_t)syscall(SYS_gettid);

	if (tid == tid_of_ending)
		check_streams();
	tid_of_next = tid;
	return unused;
}

static void choose_next_number(pid_t number)
{
	FILE *file = fopen("/proc/sys/kernel/ns_last_pid", "we");

	if (!file || fprintf(file, "%d", number - 1) < 0 || fclose(file) != 0)
		_exit(CANNOT);
}

static void run_ending_then(const char *next)
{
	pthread_t thread;

	run_end(next);
	if (strcmp(next, "same-number") != 0)
		return;
	for (int i = 0; i < TRIES && tid_of_next != tid_of_ending; i++) {
		choose_next_number(tid_of_ending);
		CHECK(pthread_create(&thread, NULL, write_if_it_has_the_number, NULL) == 0);
		CHECK(pthread_join(thread, NULL) == 0);
	}
	if (tid_of_next != tid_of_ending)
		_exit(CANNOT);
}

static bool play(const char *way, const char *next)
{
	for (size_t i = 0; i < sizeof(leaps) / sizeof(leaps[0]); i++)
		if (strcmp(leaps[i].way, way) == 0)
			return run_leap(&leaps[i], next), true;
	for (size_t i = 0; i < sizeof(endings) / sizeof(endings[0]); i++)
		if (strcmp(endings[i].way, way) == 0)
			return ending = &endings[i], run_ending_then(next), true;
	return false;
}

int main(int argc, char **argv)
{
	CHECK(argc == 4);
	scene_start();
	wire = wire_open();
	bystander = wire_open();
	put = put_named(argv[2]);
	sent = message(1);
	CHECK(play(argv[1], argv[3]));
	wire_check_cut(wire, 1);
	wire_check_usable(bystander);
	return 0;
}
