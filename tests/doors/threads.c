/* threads SCENE: a single-threaded process leaves a call by a jump that nobody sees, and makes its first
 * thread then. */

#include "../guard/scene.h"

#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <threads.h>

#include "../guard/play.h"

static struct wire wire;
static void *landing[5];

/* gcc's own is no call of libc's: nobody sees it. */
static void jump(int signal)
{
	(void)signal;
	__builtin_longjmp(landing, 1);
}

static void jump_out_of_a_write(void)
{
	handle(SIGUSR1, jump, 0);
	poke_when_blocked(wire, SIGUSR1);
	if (__builtin_setjmp(landing) == 0)
		write(wire.writer, message(1), MESSAGE_LENGTH);
	wire_check_cut(wire, 1);
}

/* The thread that jumped is still there, and may be inside for all that is known. */
static int try_to_write(void *unused)
{
	(void)unused;
	CHECK(send(wire.writer, "another", 7, MSG_DONTWAIT) == -1 && errno == EAGAIN);
	return 0;
}

static void *try_in_pthread(void *unused)
{
	try_to_write(unused);
	return unused;
}

static void with_pthread(void)
{
	pthread_t thread;

	jump_out_of_a_write();
	CHECK(pthread_create(&thread, NULL, try_in_pthread, NULL) == 0);
	CHECK(pthread_join(thread, NULL) == 0);
	wire_check_poisoned(wire);
}

static void with_thrd(void)
{
	thrd_t thread;

	jump_out_of_a_write();
	CHECK(thrd_create(&thread, try_to_write, NULL) == thrd_success);
	CHECK(thrd_join(thread, NULL) == thrd_success);
	wire_check_poisoned(wire);
}

static const struct scene scenes[] = {
    SCENE(with_pthread),
    SCENE(with_thrd),
};

int main(int argc, char **argv)
{
	wire = wire_open();
	return scene_play(scenes, sizeof(scenes) / sizeof(scenes[0]), argc, argv);
}
