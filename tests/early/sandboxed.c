/* sandboxed SCENE WAY: a program that guards itself with a seccomp filter, which kills it for every system
 * call that only the shim would make. WAY: how it installs the filter (filter.h). */

#include "../guard/scene.h"

#include <fcntl.h>
#include <linux/seccomp.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/select.h>
#include <sys/sendfile.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "../guard/play.h"
#include "filter.h"

static struct wire clean, torn, poisoned;
static const uint8_t *bytes;
static size_t sent;
static const char *way;

/* What the shim would ask on some path, and these scenes do not. */
#define SHIM_ASKS                                                                                           \
	"fstat,newfstatat,statx,getsockopt,setsockopt,getsockname,getpeername,fcntl,ioctl,lseek,getrlimit," \
	"prlimit64,poll,ppoll,rt_sigpending,rt_sigtimedwait,sigaltstack,clock_gettime,process_vm_readv,"    \
	"open,"                                                                                             \
	"openat,gettid,shutdown"

static void enter_sandbox(void)
{
	filter_install_named(way, SECCOMP_RET_KILL_PROCESS, SHIM_ASKS ",getpid,tgkill,rt_sigprocmask");
}

/* Threads and children are libc's business too. */
static void enter_sandbox_with_threads(void)
{
	filter_install_named(way, SECCOMP_RET_KILL_PROCESS, SHIM_ASKS);
}

static void tear(struct wire wire)
{
	CHECK(send(wire.writer, bytes, MESSAGE_LENGTH, MSG_DONTWAIT) > 0);
}

static void set_up(void)
{
	signal(SIGPIPE, SIG_IGN);
	bytes = message(1);
	clean = wire_open();
	torn = wire_open();
	poisoned = wire_open();
	sent = (size_t)send(torn.writer, bytes, MESSAGE_LENGTH, MSG_DONTWAIT);
	CHECK(sent > 0 && sent < MESSAGE_LENGTH);
	tear(poisoned);
	CHECK(write(poisoned.writer, "another", 7) == -1 && errno == EPIPE);
}

/* Nothing is refused, nothing is known. */
static void check_unguarded(struct wire wire)
{
	static uint8_t got[2 * MESSAGE_LENGTH];

	for (int i = 0; i < 3; i++) {
		wire_check_usable(wire);
		tear(wire);
		wire_drain(wire, got, sizeof(got));
		CHECK(send(wire.writer, "another", 7, 0) == 7);
		wire_read(wire, got, 7);
		CHECK(memcmp(got, "another", 7) == 0);
	}
}

static void streams_from_before_go_on(void)
{
	enter_sandbox();
	check_unguarded(clean);
}

static void the_rest_of_a_message_cut_before_passes(void)
{
	static uint8_t got[MESSAGE_LENGTH];

	enter_sandbox();
	CHECK(wire_drain(torn, got, sizeof(got)) == sent);
	while (sent < MESSAGE_LENGTH) {
		ssize_t n = send(torn.writer, bytes + sent, MESSAGE_LENGTH - sent, MSG_DONTWAIT);

		CHECK(n > 0);
		wire_read(torn, got, (size_t)n);
		CHECK(memcmp(got, bytes + sent, (size_t)n) == 0);
		sent += (size_t)n;
	}
	check_unguarded(torn);
}

static void what_cannot_be_verified_is_not_refused(void)
{
	static uint8_t got[MESSAGE_LENGTH];

	enter_sandbox();
	wire_drain(torn, got, sizeof(got));
	CHECK(write(torn.writer, "another", 7) == 7);
	CHECK(wire_drain(torn, got, sizeof(got)) == 7);
	check_unguarded(torn);
}

static const char *const puts_tried[] = {"write", "writev", "send", "sendto", "sendmsg", "sendmmsg"};

static void what_was_poisoned_before_stays_refused(void)
{
	enter_sandbox();
	for (size_t i = 0; i < sizeof(puts_tried) / sizeof(puts_tried[0]); i++)
		CHECK(put_named(puts_tried[i])(poisoned.writer, "another", 7) == -1 && errno == EPIPE);
	wire_check_cut(poisoned, 1);
}

static void use_new_streams(void)
{
	for (int i = 0; i < 3; i++) {
		int pair[2], copy;
		struct wire wire;

		CHECK(socketpair(AF_UNIX, SOCK_STREAM, 0, pair) == 0);
		wire = (struct wire){pair[0], pair[1]};
		wire_check_usable(wire);
		copy = dup(pair[0]);
		CHECK(copy >= 0 && dup2(copy, pair[0]) == pair[0]);
		wire_check_usable(wire);
		CHECK(close(copy) == 0 && close(pair[0]) == 0 && close(pair[1]) == 0);
	}
}

static void streams_made_inside_are_left_alone(void)
{
	enter_sandbox();
	use_new_streams();
}

static void closing_and_reusing_numbers(void)
{
	int pair[2];

	enter_sandbox();
	CHECK(close(torn.writer) == 0 && close(torn.peer) == 0 && close(poisoned.writer) == 0);
	CHECK(socketpair(AF_UNIX, SOCK_STREAM, 0, pair) == 0);
	wire_check_usable((struct wire){pair[0], pair[1]});
	CHECK(dup2(clean.writer, pair[0]) == pair[0] && dup2(clean.writer, 0) == 0);
	check_unguarded((struct wire){pair[0], clean.peer});
}

static void waiting_to_write(void)
{
	struct timeval little = {0, 1000};
	fd_set writers;

	enter_sandbox();
	FD_ZERO(&writers);
	FD_SET(torn.writer, &writers);
	CHECK(select(torn.writer + 1, NULL, &writers, NULL, &little) == 0);
}

static void sendfile_sends(void)
{
	char path[] = "/tmp/sandboxed-XXXXXX", got[4];
	int file = mkstemp(path);
	off_t offset = 0;

	CHECK(file >= 0 && unlink(path) == 0 && write(file, "file", 4) == 4);
	enter_sandbox();
	CHECK(sendfile(clean.writer, file, &offset, 4) == 4);
	CHECK(recv(clean.peer, got, 4, MSG_WAITALL) == 4 && memcmp(got, "file", 4) == 0);
	check_unguarded(clean);
}

static sigjmp_buf landing;

static void write_nested(int signal)
{
	static uint8_t got[2 * MESSAGE_LENGTH];

	(void)signal;
	wire_drain(clean, got, sizeof(got));
	CHECK(send(clean.writer, "nested", 6, MSG_DONTWAIT) == 6);
	siglongjmp(landing, 1);
}

/* The signal is sent by a child outside. */
static void writes_that_are_left_by_a_jump(void)
{
	handle(SIGUSR1, write_nested, SA_NODEFER);
	poke_when_blocked(clean, SIGUSR1);
	enter_sandbox_with_threads();
	if (sigsetjmp(landing, 1) == 0)
		CHECK(write(clean.writer, bytes, MESSAGE_LENGTH) < 0);
	uint8_t got[6];
	wire_read(clean, got, 6);
	CHECK(memcmp(got, "nested", 6) == 0);
	check_unguarded(clean);
}

static void be_a_child(void)
{
	static uint8_t got[MESSAGE_LENGTH];

	wire_drain(torn, got, sizeof(got));
	check_unguarded(torn);
	use_new_streams();
	_exit(0);
}

static void await_child(pid_t child)
{
	int status;

	CHECK(child > 0 && waitpid(child, &status, 0) == child && status == 0);
}

static void children(void)
{
	enter_sandbox_with_threads();
	for (int i = 0; i < 2; i++) {
		pid_t child = fork();

		if (child == 0)
			be_a_child();
		await_child(child);
	}
	pid_t child = vfork();
	if (child == 0) {
		close(torn.writer);
		dup2(clean.writer, poisoned.writer);
		_exit(write(clean.writer, "the child", 9) != 9);
	}
	await_child(child);
	wire_read(clean, (uint8_t[9]){0}, 9);
	check_unguarded(clean);
}

static void a_filter_in_a_vfork_child_is_not_the_parents(void)
{
	pid_t child = vfork();

	if (child == 0) {
		enter_sandbox_with_threads();
		_exit(write(clean.writer, "the child", 9) != 9);
	}
	await_child(child);
	wire_read(clean, (uint8_t[9]){0}, 9);
	tear(clean);
	wire_check_poisoned(clean);
}

static void a_filter_that_the_kernel_does_not_take_changes_nothing(void)
{
	CHECK(prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, NULL) == -1 && errno == EFAULT);
	CHECK(prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, 1) == -1 && errno == EFAULT);
	CHECK(syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, ~0, NULL) == -1 && errno == EINVAL);
	CHECK(syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, ~0, "") == -1 && errno == EINVAL);
	CHECK(prctl(PR_GET_SECCOMP) == 0);
	tear(clean);
	wire_check_poisoned(clean);
}

/* Nothing but read, write and the end of the thread. */
static void be_strict(void)
{
	CHECK(prctl(PR_SET_SECCOMP, SECCOMP_MODE_STRICT) == 0);
	CHECK(write(clean.writer, "a whole ", 8) == 8);
	CHECK(write(torn.writer, "another", 7) == -1 && errno == EAGAIN);
	CHECK(write(clean.writer, bytes, MESSAGE_LENGTH) > 0);
	CHECK(write(clean.writer, "another", 7) == -1 && errno == EAGAIN);
	CHECK(write(clean.peer, "and back", 8) == 8);
	syscall(SYS_exit, 0);
}

static void strict_mode(void)
{
	pid_t child;

	CHECK(fcntl(clean.writer, F_SETFL, O_NONBLOCK) == 0 && fcntl(torn.writer, F_SETFL, O_NONBLOCK) == 0);
	child = fork();
	if (child == 0)
		be_strict();
	await_child(child);
	wire_read(clean, (uint8_t[8]){0}, 8);
	wire_check_cut(clean, 1);
	wire_check_cut(torn, 1);
}

/* Threads that were inside a write, or waited for one, when the filter came for all of them. */

static struct writer first, second;

static void *wait_to_be_cancelled(void *unused)
{
	for (;;)
		pause();
	return unused;
}

/* The first time libc loads a library for it. */
static void cancel_a_thread(void)
{
	pthread_t thread;

	CHECK(pthread_create(&thread, NULL, wait_to_be_cancelled, NULL) == 0);
	CHECK(pthread_cancel(thread) == 0 && pthread_join(thread, NULL) == 0);
}

static void block_two_then_enter(void)
{
	cancel_a_thread();
	first = (struct writer){.wire = clean, .number = 1, .put = put_named("write")};
	second = (struct writer){.wire = clean, .number = 2, .put = put_named("write")};
	writer_start(&first);
	writer_await_blocked(&first);
	writer_start(&second);
	writer_await_sleeping(&second);
	filter_install_named("every-thread", SECCOMP_RET_KILL_PROCESS, SHIM_ASKS);
}

static void a_thread_that_waited_goes_on(void)
{
	block_two_then_enter();
	wire_check_begins(clean, 1);
	wire_check_begins(clean, 2);
	writer_join(&first);
	writer_join(&second);
	CHECK(first.result == (ssize_t)MESSAGE_LENGTH && second.result == (ssize_t)MESSAGE_LENGTH);
	check_unguarded(clean);
}

static void a_thread_that_was_cancelled_inside(void)
{
	static uint8_t got[2 * MESSAGE_LENGTH];

	block_two_then_enter();
	CHECK(pthread_cancel(first.thread) == 0);
	CHECK(pthread_join(first.thread, NULL) == 0);
	while (second.result == -2)
		wire_drain(clean, got, sizeof(got));
	writer_join(&second);
	CHECK(second.result == (ssize_t)MESSAGE_LENGTH);
	wire_drain(clean, got, sizeof(got));
	check_unguarded(clean);
}

static const struct scene scenes[] = {
    SCENE(streams_from_before_go_on),
    SCENE(the_rest_of_a_message_cut_before_passes),
    SCENE(what_cannot_be_verified_is_not_refused),
    SCENE(what_was_poisoned_before_stays_refused),
    SCENE(streams_made_inside_are_left_alone),
    SCENE(closing_and_reusing_numbers),
    SCENE(waiting_to_write),
    SCENE(sendfile_sends),
    SCENE(writes_that_are_left_by_a_jump),
    SCENE(children),
    SCENE(a_filter_in_a_vfork_child_is_not_the_parents),
    SCENE(a_filter_that_the_kernel_does_not_take_changes_nothing),
    SCENE(strict_mode),
    SCENE(a_thread_that_waited_goes_on),
    SCENE(a_thread_that_was_cancelled_inside),
};

int main(int argc, char **argv)
{
	way = argc > 2 ? argv[2] : "prctl";
	if (argc > 1)
		set_up();
	return scene_play(scenes, sizeof(scenes) / sizeof(scenes[0]), argc, argv);
}
