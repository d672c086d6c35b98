/* children SCENE: child processes that share their parent's memory until they exec. */

#include "scene.h"

#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "play.h"

#define HIGHEST 64

static struct wire torn, poisoned, clean;
static size_t sent;
static const uint8_t *bytes;

static void set_up(void)
{
	torn = wire_open();
	poisoned = wire_open();
	clean = wire_open();
	bytes = message(1);
	sent = (size_t)send(torn.writer, bytes, MESSAGE_LENGTH, MSG_DONTWAIT);
	CHECK(sent > 0 && sent < MESSAGE_LENGTH);
	CHECK(send(poisoned.writer, bytes, MESSAGE_LENGTH, MSG_DONTWAIT) > 0);
	CHECK(write(poisoned.writer, "another", 7) == -1 && errno == EPIPE);
	wire_check_usable(clean);
}

static void vfork_in_a_handler(int signal);

static void await_child(pid_t child)
{
	int status;

	CHECK(child > 0);
	CHECK(waitpid(child, &status, 0) == child);
	CHECK(status == 0);
}

static void check_streams(void)
{
	static uint8_t got[MESSAGE_LENGTH];

	wire_check_poisoned(poisoned);
	wire_check_usable(clean);
	CHECK(wire_drain(torn, got, sizeof(got)) == sent);
	while (sent < MESSAGE_LENGTH) {
		ssize_t n = send(torn.writer, bytes + sent, MESSAGE_LENGTH - sent, MSG_DONTWAIT);

		CHECK(n > 0);
		CHECK(wire_drain(torn, got, sizeof(got)) == (size_t)n);
		sent += (size_t)n;
	}
	wire_check_usable(torn);
	CHECK(send(clean.writer, bytes, MESSAGE_LENGTH, MSG_DONTWAIT) > 0);
	wire_check_poisoned(clean);
}

static void execute_true(void)
{
	char *const nothing[] = {NULL};

	/* No preload: it may be a program of another libc. */
	execve("/bin/true", (char *const[]){(char *)(uintptr_t) "true", NULL}, nothing);
	_exit(1);
}

static void close_everything(void)
{
	for (int fd = 3; fd < HIGHEST; fd++)
		close(fd);
}

static void a_vfork_child_that_closes_everything(void)
{
	pid_t child = vfork();

	if (child == 0) {
		close_everything();
		execute_true();
	}
	await_child(child);
	check_streams();
}

#ifdef __GLIBC__

static void a_vfork_child_that_closes_ranges(void)
{
	pid_t child = vfork();

	if (child == 0) {
		close_range(3, 10, 0);
		syscall(SYS_close_range, 3, ~0U, 0);
		closefrom(3);
		execute_true();
	}
	await_child(child);
	check_streams();
}

static void a_spawned_child_that_closes_everything(void)
{
	posix_spawn_file_actions_t actions;
	pid_t child;

	CHECK(posix_spawn_file_actions_init(&actions) == 0);
	CHECK(posix_spawn_file_actions_adddup2(&actions, clean.writer, torn.writer) == 0);
	CHECK(posix_spawn_file_actions_addclose(&actions, poisoned.writer) == 0);
	CHECK(posix_spawn_file_actions_addclosefrom_np(&actions, 3) == 0);
	CHECK(posix_spawn(&child, "/bin/true", &actions, NULL, (char *[]){"true", NULL}, environ) == 0);
	await_child(child);
	check_streams();
}

/* No fork handler runs in it. */
static void a_child_of__Fork(void)
{
	pid_t child = _Fork();

	CHECK(child >= 0);
	if (child == 0) {
		scene_start();
		vfork_in_a_handler(0);
		check_streams();
		_exit(0);
	}
	await_child(child);
}

#endif

static int close_everything_and_execute(void *unused)
{
	(void)unused;
	close_everything();
	execute_true();
	return 1;
}

/* It runs beside its parent. */
static void a_cloned_child_in_our_memory(void)
{
	size_t size = 256 << 10;
	char *stack = malloc(size);
	pid_t child = clone(close_everything_and_execute, stack + size, CLONE_VM | SIGCHLD, NULL);

	await_child(child);
	check_streams();
}

static void a_vfork_child_that_moves_everything(void)
{
	pid_t child = vfork();

	if (child == 0) {
		dup2(clean.writer, torn.writer);
		dup2(clean.writer, poisoned.writer);
		dup2(torn.writer, clean.writer);
		dup3(poisoned.writer, 1, 0);
		fcntl(clean.writer, F_DUPFD, torn.writer);
		execute_true();
	}
	await_child(child);
	check_streams();
}

static void a_vfork_child_that_opens_streams(void)
{
	pid_t child = vfork();

	if (child == 0) {
		close_everything();
		for (int i = 0; i < 8; i++) {
			int pair[2];

			if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair) != 0)
				_exit(1);
		}
		execute_true();
	}
	await_child(child);
	check_streams();
}

static void a_vfork_child_that_writes(void)
{
	uint8_t got[9];
	pid_t child = vfork();

	if (child == 0)
		_exit(write(clean.writer, "the child", 9) != 9);
	await_child(child);
	wire_read(clean, got, sizeof(got));
	check_streams();
}

static void vfork_in_a_handler(int signal)
{
	pid_t child = vfork();

	(void)signal;
	if (child == 0) {
		close_everything();
		execute_true();
	}
	await_child(child);
}

static void a_vfork_child_of_a_handler_in_a_write(void)
{
	struct wire wire = wire_open();

	handle(SIGUSR1, vfork_in_a_handler, 0);
	poke_when_blocked(wire, SIGUSR1);
	CHECK(write(wire.writer, bytes, MESSAGE_LENGTH) > 0);
	wire_check_poisoned(wire);
	check_streams();
}

static _Atomic bool done;

static void *use_streams(void *unused)
{
	while (!done) {
		struct wire wire = wire_open();

		wire_check_usable(wire);
		CHECK(send(wire.writer, bytes, MESSAGE_LENGTH, MSG_DONTWAIT) > 0);
		CHECK(write(wire.writer, "another", 7) == -1 && errno == EPIPE);
		close(wire.writer);
		close(wire.peer);
	}
	return unused;
}

static void vfork_children_beside_a_busy_thread(void)
{
	pthread_t thread;

	CHECK(pthread_create(&thread, NULL, use_streams, NULL) == 0);
	for (int i = 0; i < 30; i++)
		vfork_in_a_handler(0);
	done = true;
	CHECK(pthread_join(thread, NULL) == 0);
	check_streams();
}

static void a_vfork_child_of_a_forked_child(void)
{
	pid_t child = fork();

	CHECK(child >= 0);
	if (child == 0) {
		scene_start();
		vfork_in_a_handler(0);
		check_streams();
		_exit(0);
	}
	await_child(child);
}

/* No fork handler runs in it. */
static void a_child_that_no_library_made(void)
{
	pid_t child = (pid_t)syscall(SYS_clone, (long)SIGCHLD, 0L, 0L, 0L, 0L);

	CHECK(child >= 0);
	if (child == 0) {
		scene_start();
		check_streams();
		_exit(0);
	}
	await_child(child);
}

static const struct scene scenes[] = {
#ifdef __GLIBC__
    SCENE(a_vfork_child_that_closes_ranges),
    SCENE(a_spawned_child_that_closes_everything),
    SCENE(a_child_of__Fork),
#endif
    SCENE(a_cloned_child_in_our_memory),
    SCENE(a_vfork_child_that_closes_everything),
    SCENE(a_vfork_child_that_moves_everything),
    SCENE(a_vfork_child_that_opens_streams),
    SCENE(a_vfork_child_that_writes),
    SCENE(a_vfork_child_of_a_handler_in_a_write),
    SCENE(vfork_children_beside_a_busy_thread),
    SCENE(a_vfork_child_of_a_forked_child),
    SCENE(a_child_that_no_library_made),
};

int main(int argc, char **argv)
{
	scene_start();
	if (argc > 1)
		set_up();
	return scene_play(scenes, sizeof(scenes) / sizeof(scenes[0]), argc, argv);
}
