/* ended WAY FUNCTION NEXT: a thread ends inside a write call.
 *
 * WAY: how it ends. FUNCTION: the write function. NEXT: who writes next: an "other" thread, one that is
 * already "waiting" for the stream, or one with the "same-number" as the one that ended. */

#include "scene.h"

#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <string.h>
#include <sys/syscall.h>

static struct wire wire, bystander;
static put_function *put;
static const uint8_t *sent;
static sigjmp_buf landing;

static void jump(int signal)
{
	(void)signal;
	siglongjmp(landing, 1);
}

static void put_message(void)
{
	put(wire.writer, sent, MESSAGE_LENGTH);
}

static void check_streams(void)
{
	wire_check_usable(bystander);
	wire_check_poisoned(wire);
	wire_check_usable(bystander);
}

/* How it ends... */

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
	put_message();
	return NULL;
}

static void *jump_in_thread(void *unused)
{
	if (sigsetjmp(landing, 1) == 0)
		put_message();
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
	put_message();
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

static const struct ending *ending_named(const char *way)
{
	for (size_t i = 0; i < sizeof(endings) / sizeof(endings[0]); i++)
		if (strcmp(endings[i].way, way) == 0)
			return &endings[i];
	FAIL("there is no such way to end");
}

int main(int argc, char **argv)
{
	CHECK(argc == 4);
	scene_start();
	wire = wire_open();
	bystander = wire_open();
	put = put_named(argv[2]);
	sent = message(1);
	ending = ending_named(argv[1]);
	run_ending_then(argv[3]);
	wire_check_cut(wire, 1);
	wire_check_usable(bystander);
	return 0;
}
