/* spoken SCENE: threads and handlers that say where messages are, and are told what was poisoned. */

#include "../../shim/poisonshim.h"
#include "scene.h"

#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <string.h>

#include "play.h"

static struct wire wire, other;
static _Atomic int told;
static char verdict[20];
static enum poisonshim_state seen;
static volatile int answer;
static sigjmp_buf landing;

static void tell(int fd, const char *why)
{
	seen = poisonshim_state(fd);
	strncpy(verdict, why, sizeof(verdict) - 1);
	told++;
}

static void check_told(const char *why, enum poisonshim_state state)
{
	CHECK(told == 1);
	CHECK(strcmp(verdict, why) == 0);
	CHECK(seen == state);
}

static void *speak_cancelled(void *unused)
{
	CHECK(pthread_cancel(pthread_self()) == 0);
	CHECK(poisonshim_state(wire.writer) == POISONSHIM_POISONED);
	CHECK(poisonshim_begin(wire.writer) == -1 && errno == EPIPE);
	CHECK(poisonshim_end(wire.writer) == -1 && errno == EPIPE);
	CHECK(poisonshim_begin(other.writer) == 0);
	CHECK(poisonshim_abandon(other.writer) == 0);
	answer = 1;
	pthread_testcancel();
	return unused;
}

static void no_word_is_a_cancellation_point(void)
{
	pthread_t thread;
	void *result;

	CHECK(send(wire.writer, message(1), MESSAGE_LENGTH, MSG_DONTWAIT) > 0);
	CHECK(poisonshim_begin(wire.writer) == -1);
	CHECK(pthread_create(&thread, NULL, speak_cancelled, NULL) == 0);
	CHECK(pthread_join(thread, &result) == 0);
	CHECK(answer == 1 && result == PTHREAD_CANCELED);
}

static void leave(int signal)
{
	(void)signal;
	pthread_exit(NULL);
}

static void a_thread_that_ends_in_its_write_tells(void)
{
	struct writer writer = {.wire = wire, .number = 1, .put = put_named("write")};

	handle(SIGUSR1, leave, 0);
	writer_start(&writer);
	writer_await_blocked(&writer);
	CHECK(pthread_kill(writer.thread, SIGUSR1) == 0);
	writer_join(&writer);
	check_told("no-return", POISONSHIM_POISONED);
}

static void jump(int signal)
{
	(void)signal;
	siglongjmp(landing, 1);
}

static void a_jump_out_of_a_write_tells(void)
{
	handle(SIGUSR1, jump, 0);
	poke_when_blocked(wire, SIGUSR1);
	if (sigsetjmp(landing, 1) == 0)
		write(wire.writer, message(1), MESSAGE_LENGTH);
	CHECK(poisonshim_state(wire.writer) == POISONSHIM_POISONED);
	check_told("no-return", POISONSHIM_POISONED);
}

static void ask(int signal)
{
	(void)signal;
	CHECK(poisonshim_state(wire.writer) == POISONSHIM_INSIDE);
	CHECK(poisonshim_begin(wire.writer) == -1 && errno == EPIPE);
	answer = 1;
}

/* The write below is cut by the signal, and no more. */
static void write_under(void (*handler)(int))
{
	int saved = errno;
	ssize_t n;

	handle(SIGUSR1, handler, 0);
	poke_when_blocked(wire, SIGUSR1);
	n = write(wire.writer, message(1), MESSAGE_LENGTH);
	CHECK(n > 0 && errno == saved && answer == 1);
	CHECK(poisonshim_state(wire.writer) == POISONSHIM_TORN);
	wire_check_cut(wire, 1);
	CHECK(write(wire.writer, message(1) + n, 1) == 1);
}

static void a_handler_above_a_write_finds_it_inside(void)
{
	write_under(ask);
	CHECK(told == 0);
}

static void poison_other(int signal)
{
	(void)signal;
	CHECK(write(other.writer, "another", 7) == -1 && errno == EPIPE);
	answer = told;
}

static void a_handler_above_a_write_is_told_of_its_own(void)
{
	CHECK(send(other.writer, message(2), MESSAGE_LENGTH, MSG_DONTWAIT) > 0);
	write_under(poison_other);
	check_told("not-the-rest", POISONSHIM_POISONED);
}

static void jump_away(int fd, const char *why)
{
	(void)fd;
	(void)why;
	told++;
	siglongjmp(landing, 1);
}

static void the_callback_may_jump(void)
{
	CHECK(poisonshim_on_poison(jump_away) == 0);
	CHECK(send(wire.writer, message(1), MESSAGE_LENGTH, MSG_DONTWAIT) > 0);
	if (sigsetjmp(landing, 1) == 0)
		write(wire.writer, "another", 7);
	CHECK(told == 1);
	CHECK(poisonshim_state(wire.writer) == POISONSHIM_POISONED);
	wire_check_usable(other);
	wire_check_poisoned(wire);
}

static const struct scene scenes[] = {
    SCENE(no_word_is_a_cancellation_point),
    SCENE(a_thread_that_ends_in_its_write_tells),
    SCENE(a_jump_out_of_a_write_tells),
    SCENE(a_handler_above_a_write_finds_it_inside),
    SCENE(a_handler_above_a_write_is_told_of_its_own),
    SCENE(the_callback_may_jump),
};

int main(int argc, char **argv)
{
	wire = wire_open();
	other = wire_open();
	CHECK(poisonshim_on_poison(tell) == 0);
	return scene_play(scenes, sizeof(scenes) / sizeof(scenes[0]), argc, argv);
}
