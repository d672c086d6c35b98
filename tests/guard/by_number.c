/* by_number SCENE: syscall() and the stack of its caller. */

#include "scene.h"

#include <alloca.h>
#include <sys/syscall.h>

#include "play.h"

#define WORDS 16

static struct wire wire;

/* As many arguments as the call has. What lies next to them on the stack is the caller's own. */
static __attribute__((noinline)) long close_beside(volatile long *known, int fd)
{
	volatile long *lowest = alloca(WORDS * sizeof(*lowest));

	for (int i = 0; i < WORDS; i++)
		lowest[i] = known[i] = 1000 + i;
	long result = syscall(SYS_close, fd);
	for (int i = 0; i < WORDS; i++)
		CHECK(lowest[i] == known[i]);
	return result;
}

static void arguments_that_were_not_passed_are_not_touched(void)
{
	volatile long known[WORDS];

	CHECK(close_beside(known, wire.writer) == 0);
	CHECK(close_beside(known, wire.writer) == -1 && errno == EBADF);
}

static void a_number_that_no_hook_knows_is_passed_on(void)
{
	CHECK(syscall(SYS_getpid) == getpid());
	CHECK(syscall(-1L) == -1 && errno == ENOSYS);
}

/* The sixth argument. */
static void all_arguments_arrive(void)
{
	static uint8_t bytes[8];
	struct sockaddr_storage address;

	CHECK(syscall(SYS_sendto, wire.writer, "all of it", 9, MSG_NOSIGNAL, NULL, 0) == 9);
	wire_read(wire, bytes, sizeof(bytes));
	errno = 0;
	CHECK(syscall(SYS_sendto, wire.writer, "all of it", 9, 0, &address, -1) == -1 && errno == EINVAL);
}

static const struct scene scenes[] = {
    SCENE(arguments_that_were_not_passed_are_not_touched),
    SCENE(a_number_that_no_hook_knows_is_passed_on),
    SCENE(all_arguments_arrive),
};

int main(int argc, char **argv)
{
	wire = wire_open();
	return scene_play(scenes, sizeof(scenes) / sizeof(scenes[0]), argc, argv);
}
