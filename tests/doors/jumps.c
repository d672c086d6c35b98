/* jumps SCENE: each function that leaves a call by a jump, and each that says where handlers run. */

#include "../guard/scene.h"

#include <setjmp.h>
#include <signal.h>
#include <string.h>
#include <sys/syscall.h>

#include "../guard/play.h"

#ifndef SS_AUTODISARM
#define SS_AUTODISARM (1U << 31)
#endif

static struct wire wire, other;
static sigjmp_buf landing;

typedef void leave_function(sigjmp_buf buffer, int value);
static leave_function *leave;

static void jump(int signal)
{
	leave(landing, signal);
}

/* The test finds the line in the log: nothing is written behind the jump. */
static void jump_with(leave_function *function)
{
	leave = function;
	handle(SIGUSR1, jump, 0);
	poke_when_blocked(wire, SIGUSR1);
	if (sigsetjmp(landing, 1) == 0)
		write(wire.writer, message(1), MESSAGE_LENGTH);
	wire_check_cut(wire, 1);
}

static void with_longjmp(void)
{
	jump_with(longjmp);
}

static void with__longjmp(void)
{
	jump_with(_longjmp);
}

static void with_siglongjmp(void)
{
	jump_with(siglongjmp);
}

#ifdef __GLIBC__
__attribute__((noreturn)) void __longjmp_chk(sigjmp_buf buffer, int value);

static void with___longjmp_chk(void)
{
	jump_with(__longjmp_chk);
}
#endif

/* An alternate stack above the normal one, of which the kernel says nothing while a handler runs on it. */

typedef int stack_function(const stack_t *stack);

static int by_name(const stack_t *stack)
{
	return sigaltstack(stack, NULL);
}

static int by_number(const stack_t *stack)
{
	return (int)syscall(SYS_sigaltstack, stack, NULL);
}

static volatile int handled;

static void write_there(int signal)
{
	(void)signal;
	handled = 1;
	wire_check_usable(other);
}

static __attribute__((noinline)) void write_from_below(unsigned levels)
{
	volatile char frame[4096];

	frame[0] = 0;
	if (levels)
		write_from_below(levels - 1);
	else
		CHECK(write(wire.writer, message(1), MESSAGE_LENGTH) > 0);
	CHECK(frame[0] == 0);
}

static void handle_above(stack_function *use)
{
	char above[1 << 16];
	const stack_t stack = {.ss_sp = above, .ss_size = sizeof(above), .ss_flags = (int)SS_AUTODISARM};

	CHECK(use(&stack) == 0);
	handle(SIGUSR1, write_there, SA_ONSTACK);
	poke_when_blocked(wire, SIGUSR1);
	write_from_below(4);
	CHECK(handled == 1);
	wire_check_cut(wire, 1);
}

static void on_a_stack_by_name(void)
{
	handle_above(by_name);
}

static void on_a_stack_by_number(void)
{
	handle_above(by_number);
}

static const struct scene scenes[] = {
    SCENE(with_longjmp),       SCENE(with__longjmp),	    SCENE(with_siglongjmp),
#ifdef __GLIBC__
    SCENE(with___longjmp_chk),
#endif
    SCENE(on_a_stack_by_name), SCENE(on_a_stack_by_number),
};

int main(int argc, char **argv)
{
	wire = wire_open();
	other = wire_open();
	return scene_play(scenes, sizeof(scenes) / sizeof(scenes[0]), argc, argv);
}
