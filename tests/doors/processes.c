/* processes FORK VFORK: a forked child makes a child that runs on its memory, as its very first call, and
 * still knows what is poisoned. */

#include "../guard/scene.h"

#include <alloca.h>
#include <dlfcn.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>

static struct wire wire;

static pid_t raw_fork(void)
{
	return (pid_t)unseen()(SYS_clone, SIGCHLD, 0, 0, 0, 0);
}

static const struct {
	const char *name;
	pid_t (*make)(void);
} forks[] = {
    {"fork", fork},
    {"_Fork", _Fork},
    {"raw", raw_fork},
};

/* In the child that shares our memory. */
static int close_and_leave(void *unused)
{
	(void)unused;
	close(wire.writer);
	_exit(0);
}

static pid_t by_vfork(void)
{
	pid_t child = vfork();

	if (child == 0)
		close_and_leave(NULL);
	return child;
}

pid_t __vfork(void) __attribute__((returns_twice));

static pid_t by_other_vfork(void)
{
	pid_t child = __vfork();

	if (child == 0)
		close_and_leave(NULL);
	return child;
}

#define STACK ((size_t)256 << 10)
#define ON_OUR_MEMORY (CLONE_VM | CLONE_VFORK | SIGCHLD)

static pid_t by_clone(void)
{
	return clone(close_and_leave, (char *)malloc(STACK) + STACK, ON_OUR_MEMORY, NULL);
}

int __clone(int (*start)(void *), void *stack, int flags, void *argument, ...);

static pid_t by_other_clone(void)
{
	return __clone(close_and_leave, (char *)malloc(STACK) + STACK, ON_OUR_MEMORY, NULL);
}

/* libc's own. */
static pid_t by_unseen_clone(void)
{
	int (*own)(int (*)(void *), void *, int, void *, ...);

	*(void **)&own = dlsym(dlopen("libc.so.6", RTLD_NOW | RTLD_NOLOAD), "clone");
	CHECK(own);
	return own(close_and_leave, (char *)malloc(STACK) + STACK, ON_OUR_MEMORY, NULL);
}

#ifdef __x86_64__

/* The child returns on the parent's stack: what it calls lies below what the parent still has to read there.
 */
static pid_t by_vfork_number(void)
{
	pid_t child = (pid_t)syscall(SYS_vfork);

	if (child == 0) {
		volatile char *room = alloca(4096);

		room[0] = 0;
		close_and_leave(NULL);
	}
	return child;
}

static void begin(void)
{
	close_and_leave(NULL);
}

/* The child returns to what lies on its own stack. */
static void *stack_of_child(size_t *size)
{
	char *bottom = malloc(STACK + 16);
	char *top = bottom + STACK - (uintptr_t)bottom % 16;

	*(void (**)(void))(void *)top = begin;
	*size = (size_t)(top - bottom);
	return bottom;
}

static pid_t by_clone_number(void)
{
	size_t size;
	char *stack = stack_of_child(&size);

	return (pid_t)syscall(SYS_clone, ON_OUR_MEMORY, stack + size, NULL, NULL, 0);
}

static pid_t by_clone3_number(void)
{
	size_t size;
	char *stack = stack_of_child(&size);
	uint64_t arguments[8] = {CLONE_VM | CLONE_VFORK, 0, 0, 0, SIGCHLD, (uintptr_t)stack, size, 0};

	return (pid_t)syscall(SYS_clone3, arguments, sizeof(arguments));
}

#endif

static const struct {
	const char *name;
	pid_t (*make)(void);
} vforks[] = {
#ifdef __x86_64__
    {"syscall:vfork", by_vfork_number},
    {"syscall:clone", by_clone_number},
    {"syscall:clone3", by_clone3_number},
#endif
    {"vfork", by_vfork},
    {"__vfork", by_other_vfork},
    {"clone", by_clone},
    {"__clone", by_other_clone},
    {"unseen", by_unseen_clone},
};

static void await_child(pid_t child)
{
	int status;

	CHECK(child > 0);
	CHECK(waitpid(child, &status, 0) == child);
	CHECK(status == 0);
}

static void check_poisoned(void)
{
	CHECK(send(wire.writer, "another", 7, MSG_DONTWAIT) == -1 && errno == EPIPE);
}

static void poison(void)
{
	CHECK(send(wire.writer, message(1), MESSAGE_LENGTH, MSG_DONTWAIT) > 0);
	check_poisoned();
	wire_check_cut(wire, 1);
}

int main(int argc, char **argv)
{
	pid_t (*make_fork)(void) = NULL, (*make_vfork)(void) = NULL;

	CHECK(argc == 3);
	scene_start();
	wire = wire_open();
	poison();
	for (size_t i = 0; i < sizeof(forks) / sizeof(forks[0]); i++)
		if (strcmp(forks[i].name, argv[1]) == 0)
			make_fork = forks[i].make;
	for (size_t i = 0; i < sizeof(vforks) / sizeof(vforks[0]); i++)
		if (strcmp(vforks[i].name, argv[2]) == 0)
			make_vfork = vforks[i].make;
	CHECK(make_fork && make_vfork);
	pid_t child = make_fork();
	if (child == 0) {
		await_child(make_vfork());
		check_poisoned();
		_exit(0);
	}
	await_child(child);
	check_poisoned();
	return 0;
}
