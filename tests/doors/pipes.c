/* pipes WAY FUNCTION: a call is left while it waits for room in a pipe, which a rule guards. */

#include "../guard/scene.h"

#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/syscall.h>
#include <sys/uio.h>

#include "../guard/play.h"

#define PIECE 4096 /* what a pipe takes whole, or not at all */

static struct wire wire;
static sigjmp_buf landing;
static char bytes[PIECE];

static struct iovec *vector(void)
{
	static struct iovec iov = {bytes, PIECE};

	return &iov;
}

static ssize_t by_write(void)
{
	return write(wire.writer, bytes, PIECE);
}

static ssize_t by_pwritev2(void)
{
	return pwritev2(wire.writer, vector(), 1, -1, 0);
}

static ssize_t by_vmsplice(void)
{
	return vmsplice(wire.writer, vector(), 1, 0);
}

static ssize_t by_vmsplice_number(void)
{
	return syscall(SYS_vmsplice, wire.writer, vector(), 1, 0);
}

static int source(void)
{
	int pair[2];

	CHECK(pipe(pair) == 0);
	CHECK(syscall(SYS_write, pair[1], bytes, PIECE) == PIECE);
	return pair[0];
}

static ssize_t by_splice(void)
{
	return splice(source(), NULL, wire.writer, NULL, PIECE, 0);
}

static ssize_t by_splice_number(void)
{
	return syscall(SYS_splice, source(), NULL, wire.writer, NULL, PIECE, 0);
}

static ssize_t by_tee(void)
{
	return tee(source(), wire.writer, PIECE, 0);
}

static ssize_t by_tee_number(void)
{
	return syscall(SYS_tee, source(), wire.writer, PIECE, 0);
}

static int file(void)
{
	int fd = memfd_create("piece", MFD_CLOEXEC);

	CHECK(fd >= 0 && pwrite(fd, bytes, PIECE, 0) == PIECE);
	return fd;
}

static ssize_t by_sendfile(void)
{
	return sendfile(wire.writer, file(), NULL, PIECE);
}

static ssize_t by_sendfile_number(void)
{
	return syscall(SYS_sendfile, wire.writer, file(), NULL, PIECE);
}

static const struct {
	const char *name;
	ssize_t (*put)(void);
} puts_by_name[] = {
    {"write", by_write},       {"pwritev2", by_pwritev2},
    {"vmsplice", by_vmsplice}, {"syscall:vmsplice", by_vmsplice_number},
    {"splice", by_splice},     {"syscall:splice", by_splice_number},
    {"tee", by_tee},	       {"syscall:tee", by_tee_number},
    {"sendfile", by_sendfile}, {"syscall:sendfile", by_sendfile_number},
};

#define PUTS (sizeof(puts_by_name) / sizeof(puts_by_name[0]))

static ssize_t (*put)(void);

static ssize_t fill(void)
{
	ssize_t length = 0, n;

	CHECK(fcntl(wire.writer, F_SETFL, O_NONBLOCK) == 0);
	while ((n = write(wire.writer, bytes, PIECE)) > 0)
		length += n;
	CHECK(errno == EAGAIN);
	CHECK(fcntl(wire.writer, F_SETFL, 0) == 0);
	return length;
}

static ssize_t filled;

/* Every door, and not one byte more. */
static void check_poisoned(void)
{
	static char got[PIECE];

	for (ssize_t left = filled; left > 0; left -= PIECE)
		CHECK(read(wire.peer, got, PIECE) == PIECE);
	for (size_t i = 0; i < PUTS; i++) {
		errno = 0;
		CHECK(puts_by_name[i].put() == -1 && errno == EPIPE);
	}
	CHECK(fcntl(wire.peer, F_SETFL, O_NONBLOCK) == 0);
	CHECK(read(wire.peer, got, PIECE) == -1 && errno == EAGAIN);
}

static void jump_from(int signal)
{
	siglongjmp(landing, signal);
}

static void jump(void)
{
	handle(SIGUSR1, jump_from, 0);
	poke_when_blocked(wire, SIGUSR1);
	if (sigsetjmp(landing, 1) == 0)
		put();
	check_poisoned();
}

static _Atomic pid_t tid;

static void *put_in_thread(void *unused)
{
	tid = gettid();
	put();
	return unused;
}

static void end_thread_by(void (*end)(pthread_t))
{
	pthread_t thread;

	CHECK(pthread_create(&thread, NULL, put_in_thread, NULL) == 0);
	while (!tid)
		sched_yield();
	await_blocked(tid, wire);
	end(thread);
	CHECK(pthread_join(thread, NULL) == 0);
	check_poisoned();
}

static void cancel_thread(pthread_t thread)
{
	CHECK(pthread_cancel(thread) == 0);
}

static void cancel(void)
{
	end_thread_by(cancel_thread);
}

static void leave(int signal)
{
	(void)signal;
	pthread_exit(NULL);
}

static void poke(pthread_t thread)
{
	handle(SIGUSR1, leave, 0);
	CHECK(pthread_kill(thread, SIGUSR1) == 0);
}

static void exit_thread(void)
{
	end_thread_by(poke);
}

static const struct scene scenes[] = {
    SCENE(jump),
    SCENE(cancel),
    SCENE(exit_thread),
};

int main(int argc, char **argv)
{
	int pair[2];

	scene_start();
	CHECK(argc == 3 && pipe(pair) == 0);
	wire = (struct wire){pair[1], pair[0]};
	for (size_t i = 0; i < PUTS; i++)
		if (strcmp(puts_by_name[i].name, argv[2]) == 0)
			put = puts_by_name[i].put;
	CHECK(put);
	filled = fill();
	return scene_play(scenes, sizeof(scenes) / sizeof(scenes[0]), argc, argv);
}
