/* nested_jumps SCENE: jumps out of writes that interrupted writes, and out of writes on alternate stacks. */

#include "scene.h"

#include <setjmp.h>
#include <signal.h>

#include "play.h"

static struct wire wire, other;
static const uint8_t *sent;
static volatile int handled;
static sigjmp_buf landing;

static void use_stack(void *bytes, size_t size, int flags)
{
	stack_t stack = {.ss_sp = bytes, .ss_size = size, .ss_flags = flags};

	CHECK(sigaltstack(&stack, NULL) == 0);
}

static void block_there(int signal)
{
	handled++;
	if (handled == 2)
		siglongjmp(landing, signal);
	poke_when_blocked(other, SIGUSR1);
	write(other.writer, message(2), MESSAGE_LENGTH);
	FAIL("the write returned");
}

static void a_jump_over_two_calls_poisons_both(void)
{
	handle(SIGUSR1, block_there, SA_NODEFER);
	poke_when_blocked(wire, SIGUSR1);
	if (sigsetjmp(landing, 1) == 0)
		write(wire.writer, sent, MESSAGE_LENGTH);
	CHECK(handled == 2);
	wire_check_poisoned(other);
	wire_check_poisoned(wire);
	wire_check_cut(wire, 1);
	wire_check_cut(other, 2);
}

static __attribute__((noinline)) void block_from_below(unsigned levels)
{
	volatile char frame[4096];

	frame[0] = 0;
	if (levels)
		block_from_below(levels - 1);
	else if (sigsetjmp(landing, 1) == 0)
		write(wire.writer, sent, MESSAGE_LENGTH);
	else
		wire_check_poisoned(other);
	CHECK(frame[0] == 0);
}

static void a_jump_from_a_stack_above_is_one(void)
{
	char above[1 << 16];

	use_stack(above, sizeof(above), 0);
	handle(SIGUSR1, block_there, SA_NODEFER | SA_ONSTACK);
	poke_when_blocked(wire, SIGUSR1);
	block_from_below(4);
	wire_check_poisoned(wire);
}

static void block_here(int signal)
{
	if (++handled == 2)
		siglongjmp(landing, signal);
	poke_when_blocked(wire, SIGUSR1);
	write(wire.writer, sent, MESSAGE_LENGTH);
}

static void a_jump_from_a_handlers_own_write_is_one(void)
{
	char above[1 << 16];

	use_stack(above, sizeof(above), 0);
	handle(SIGUSR1, block_here, SA_NODEFER | SA_ONSTACK);
	if (sigsetjmp(landing, 1) == 0)
		raise(SIGUSR1);
	CHECK(handled == 2);
	wire_check_poisoned(wire);
	wire_check_cut(wire, 1);
}

static const struct scene scenes[] = {
    SCENE(a_jump_over_two_calls_poisons_both),
    SCENE(a_jump_from_a_stack_above_is_one),
    SCENE(a_jump_from_a_handlers_own_write_is_one),
};

int main(int argc, char **argv)
{
	wire = wire_open();
	other = wire_open();
	sent = message(1);
	return scene_play(scenes, sizeof(scenes) / sizeof(scenes[0]), argc, argv);
}
