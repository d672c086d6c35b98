/* Child processes: their own numbers, or their parent's memory too. What they do to a description they do for
 * all. */

#include "play.h"

#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "raw.h"

#define DEEPEST 2

static void await(pid_t child)
{
	int status;

	if (child < 0)
		fail("no child: errno %d", errno);
	if (waitpid(child, &status, 0) != child)
		fail("waitpid: errno %d", errno);
	if (status != 0)
		fail("in a child: status 0x%x", (unsigned)status);
}

static pid_t raw_fork(void)
{
#ifdef __x86_64__
	return (pid_t)RAW5(SYS_clone, SIGCHLD, 0, 0, 0, 0);
#else
	return _Fork();
#endif
}

void move_fork(void)
{
	static const struct {
		const char *name;
		pid_t (*make)(void);
	} ways[] = {{"fork", fork}, {"_Fork", _Fork}, {"raw clone", raw_fork}};
	unsigned way = pick(3), steps = 1 + pick(12);

	if (model_depth == DEEPEST)
		return;
	say("%s, %u steps", ways[way].name, steps);
	fflush(stdout);
	pid_t child = ways[way].make();
	if (child == 0) {
		model_enter_child();
		/* Before anything else has told the guard whose memory this is. */
		if (chance(40))
			move_vfork();
		play_steps(steps);
		model_check_all();
		_exit(0);
	}
	await(child);
	model_child_left();
}

/* What a child does that shares its parent's memory, and so must not touch the model. */
struct plan {
	bool writes, acts_first;
	struct put put;
	unsigned acts;
	struct act {
		enum { ACT_CLOSE, ACT_DUP2, ACT_PAIR, ACT_SOCKET, ACT_RANGE, ACTS } what;
		enum door door;
		int one, other;
	} act[8];
};

static void do_act(const struct act *act)
{
	int pair[2];

	switch (act->what) {
	case ACT_CLOSE:
		door_close(act->door, act->one);
		break;
	case ACT_DUP2:
		door_dup2(act->door, act->one, act->other);
		break;
	case ACT_PAIR:
		door_socketpair(act->door, SOCK_STREAM, pair);
		break;
	case ACT_SOCKET:
		door_socket(act->door, AF_UNIX, SOCK_DGRAM);
		break;
	default:
		door_close_range(act->door, LOW, LOW_END, 0);
	}
}

/* Not to the number that is written to: then it would mean something else in the child. */
static struct act pick_act(const struct plan *plan)
{
	struct act act = {pick(plan->writes ? ACT_RANGE : ACTS), pick_door(), pick_number(), pick_number()};

	while (plan->writes && act.one == plan->put.number)
		act.one = pick_number();
	while (plan->writes && act.other == plan->put.number)
		act.other = pick_number();
	return act;
}

static void make_plan(struct plan *plan)
{
	int number = chance(70) ? pick_open_number() : -1;

	*plan = (struct plan){.acts = pick(9), .acts_first = chance(50)};
	plan->writes = number >= 0 && model_is_known(number) && put_prepare(&plan->put, number, 64);
	plan->put.record = model_borrower_wrote;
	for (unsigned i = 0; i < plan->acts; i++)
		plan->act[i] = pick_act(plan);
}

static void act(const struct plan *plan)
{
	for (unsigned i = 0; i < plan->acts; i++)
		do_act(&plan->act[i]);
}

static int follow(void *argument)
{
	struct plan *plan = argument;

	if (plan->acts_first)
		act(plan);
	if (plan->writes)
		put_send(&plan->put);
	if (!plan->acts_first)
		act(plan);
	_exit(0);
}

__attribute__((noinline)) static pid_t by_vfork(struct plan *plan)
{
	pid_t child = vfork();

	if (child == 0)
		follow(plan);
	return child;
}

static pid_t by_clone(struct plan *plan)
{
	static _Alignas(16) char stack[1 << 16];

	return clone(follow, stack + sizeof(stack), CLONE_VM | CLONE_VFORK | SIGCHLD, plan);
}

void move_vfork(void)
{
	static struct plan plan;
	bool cloned = chance(50);

	say("%s:", cloned ? "clone" : "vfork");
	make_plan(&plan);
	await(cloned ? by_clone(&plan) : by_vfork(&plan));
	if (plan.writes)
		put_judge(&plan.put);
	say("; %u acts%s", plan.acts, plan.acts_first ? " first" : "");
}

void move_spawn(void)
{
	posix_spawn_file_actions_t actions;
	char *const words[] = {"true", NULL}, *const none[] = {NULL};
	pid_t child;

	posix_spawn_file_actions_init(&actions);
	for (unsigned i = pick(5); i > 0; i--) {
		int number = pick_open_number();

		if (number < 0)
			continue;
		if (chance(50))
			posix_spawn_file_actions_addclose(&actions, number);
		else
			posix_spawn_file_actions_adddup2(&actions, number, pick_number());
	}
	say("posix_spawn");
	/* A number that was moved away may be missing by now: then there is no child, and no harm. */
	if (posix_spawn(&child, "/bin/true", &actions, NULL, words, none) == 0)
		await(child);
	posix_spawn_file_actions_destroy(&actions);
}
