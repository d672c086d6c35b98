/* jumped WAY FUNCTION NEXT: a write call that is left by a jump or an exception, and what its thread does
 * then.
 *
 * WAY: how it is left, and where on the stack the next write lies. FUNCTION: the write function. NEXT: what
 * the next write goes to: "self", the stream that was cut; "other", while another thread tries that one, or
 * is "waiting" for it; "reconnect" or "unseen", another connection with the old one's number. */

#include "scene.h"

#include <setjmp.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>

#include "throw.h"

#define NOINLINE __attribute__((noinline))
#define NEXT "a whole "
#define NEXT_LENGTH 8
#define LEVELS 40
#define UNSEEN "unseen-"

static struct wire wire, bystander;
static put_function *put;
static const uint8_t *sent;
static sigjmp_buf landing;
static void *bare_landing[5];
static bool unseen_jump;

/* gcc's own setjmp and longjmp are no calls of libc's. */
#define LAND() (unseen_jump ? __builtin_setjmp(bare_landing) : sigsetjmp(landing, 1))

static void jump(int signal)
{
	(void)signal;
	if (unseen_jump)
		__builtin_longjmp(bare_landing, 1);
	siglongjmp(landing, 1);
}

/* The next write: what comes before it, where it goes, what is to be seen then. */
static struct next {
	const char *name;
	void (*prepare)(void);
	void (*check)(ssize_t result);
} next;
static struct wire target;

static void check_streams(void)
{
	wire_check_usable(bystander);
	wire_check_poisoned(wire);
	wire_check_usable(bystander);
}

static void go_on_with_it(void)
{
	target = wire;
}

static void check_refused(ssize_t result)
{
	CHECK(result == -1 && errno == EPIPE);
	check_streams();
}

static struct writer waiting;

static void let_another_try(int error)
{
	struct writer late = {.wire = wire, .number = 2, .flags = MSG_DONTWAIT};

	writer_start(&late);
	writer_join(&late);
	CHECK(late.result == -1 && late.error == error);
	target = bystander;
}

/* The jump was seen. */
static void let_others_be_refused(void)
{
	let_another_try(EPIPE);
}

/* This thread may still be inside for all that the others can know. */
static void let_others_try(void)
{
	let_another_try(EAGAIN);
	waiting = (struct writer){.wire = wire, .number = 3, .put = put};
	writer_start(&waiting);
	writer_await_sleeping(&waiting);
}

static void check_sent(ssize_t result)
{
	uint8_t bytes[NEXT_LENGTH];

	CHECK(result == NEXT_LENGTH);
	wire_read(target, bytes, NEXT_LENGTH);
	CHECK(memcmp(bytes, NEXT, NEXT_LENGTH) == 0);
	wire_check_usable(target);
}

static void check_others_were_refused(ssize_t result)
{
	check_sent(result);
	check_streams();
}

static void check_others_refused(ssize_t result)
{
	check_sent(result);
	writer_join(&waiting);
	CHECK(waiting.result == -1 && waiting.error == EPIPE);
	check_streams();
}

/* What a program should do: give the connection up and open another, which gets its number. */
static void reconnect(void)
{
	CHECK(close(wire.writer) == 0);
	target = wire_open();
	CHECK(target.writer == wire.writer);
}

/* Neither the end of the old one is seen nor the birth of the new one. */
static void reconnect_unseen(void)
{
	int pair[2];

	CHECK(unseen()(SYS_close, wire.writer) == 0);
	CHECK(unseen()(SYS_socketpair, AF_UNIX, SOCK_STREAM, 0, pair) == 0);
	CHECK(pair[0] == wire.writer);
	target = (struct wire){pair[0], pair[1]};
}

static const struct next nexts[] = {
    {"self", go_on_with_it, check_refused},
    {"other", let_others_be_refused, check_others_were_refused},
    {"waiting", let_others_try, check_others_refused},
    {"reconnect", reconnect, check_sent},
    {"unseen", reconnect_unseen, check_sent},
};

/* In the frame that calls: */
#define WRITE_MESSAGE() ((void)put(wire.writer, sent, MESSAGE_LENGTH))
#define WRITE_NEXT() next.check(put(target.writer, NEXT, NEXT_LENGTH))

static void write_message(void *unused)
{
	(void)unused;
	WRITE_MESSAGE();
}

static NOINLINE void go_down(unsigned levels, void (*then)(void))
{
	volatile char frame[256];

	memset((void *)(uintptr_t)frame, (int)levels, sizeof(frame));
	if (levels)
		go_down(levels - 1, then);
	else
		then();
	CHECK(frame[0] == (char)levels);
}

static NOINLINE void only_jump(void)
{
	if (LAND() == 0)
		WRITE_MESSAGE();
}

static NOINLINE void only_write(void)
{
	WRITE_NEXT();
}

static NOINLINE void write_here(void)
{
	if (LAND() == 0)
		WRITE_MESSAGE();
	next.prepare();
	WRITE_NEXT();
}

static NOINLINE void write_above(void)
{
	go_down(LEVELS, only_jump);
	next.prepare();
	WRITE_NEXT();
}

static NOINLINE void write_below(void)
{
	only_jump();
	next.prepare();
	go_down(LEVELS, only_write);
}

/* What the call has left on the stack stays there. */
static NOINLINE void write_far_below(void)
{
	if (LAND() == 0) {
		WRITE_MESSAGE();
	} else {
		volatile char *untouched = alloca((size_t)256 << 10);

		untouched[0] = 0;
		next.prepare();
		WRITE_NEXT();
	}
}

static NOINLINE void write_behind_exception(void)
{
	CHECK(catch_from(write_message, NULL));
	next.prepare();
	WRITE_NEXT();
}

static const struct leap {
	const char *way;
	void (*run)(void);
	void (*handler)(int);
	int flags;
} leaps[] = {
    {"jump-to-the-same-frame", write_here, jump, 0},
    {"jump-to-a-shallower-frame", write_above, jump, 0},
    {"jump-to-a-deeper-frame", write_below, jump, 0},
    {"jump-far-below", write_far_below, jump, 0},
    {"jump-from-an-alternate-stack", write_here, jump, SA_ONSTACK},
    {"jump-from-an-alternate-stack-to-a-deeper-frame", write_below, jump, SA_ONSTACK},
    {"exception", write_behind_exception, throw_from_handler, 0},
};

static void use_alternate_stack(void)
{
	stack_t stack = {.ss_sp = malloc(1 << 16), .ss_size = 1 << 16};

	CHECK(sigaltstack(&stack, NULL) == 0);
}

static const struct leap *leap_named(const char *way)
{
	for (size_t i = 0; i < sizeof(leaps) / sizeof(leaps[0]); i++)
		if (strcmp(leaps[i].way, way) == 0)
			return &leaps[i];
	FAIL("there is no such way to jump");
}

static struct next next_named(const char *name)
{
	for (size_t i = 0; i < sizeof(nexts) / sizeof(nexts[0]); i++)
		if (strcmp(nexts[i].name, name) == 0)
			return nexts[i];
	FAIL("there is nothing of that name to do next");
}

int main(int argc, char **argv)
{
	CHECK(argc == 4);
	scene_start();
	wire = wire_open();
	bystander = wire_open();
	put = put_named(argv[2]);
	sent = message(1);
	unseen_jump = strncmp(argv[1], UNSEEN, strlen(UNSEEN)) == 0;
	const struct leap *leap = leap_named(argv[1] + (unseen_jump ? strlen(UNSEEN) : 0));
	next = next_named(argv[3]);
	use_alternate_stack();
	handle(SIGUSR1, leap->handler, leap->flags);
	poke_when_blocked(wire, SIGUSR1);
	leap->run();
	wire_check_cut(wire, 1);
	wire_check_usable(bystander);
	return 0;
}
