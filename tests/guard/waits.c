/* waits SCENE: waits that end in vain where something else goes on. The framing is packet(4). */

#include "scene.h"

#include <linux/sockios.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/select.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>

#include "play.h"

#define LENGTH (MESSAGE_LENGTH - 4)
#define SHORT_MS 2
#define FOR_EVER (-1)
#define LARGE_FD 5000

static struct wire wire;
static uint8_t *sent;

/* Message `number` with its length in front. */
static uint8_t *packet(unsigned number)
{
	uint8_t *bytes = malloc(MESSAGE_LENGTH);

	CHECK(bytes);
	memcpy(bytes, message(number), MESSAGE_LENGTH);
	for (int i = 0; i < 4; i++)
		bytes[i] = (uint8_t)(LENGTH >> (24 - 8 * i));
	return bytes;
}

static struct wire open_wire(void)
{
	int pair[2], size = 8192;

	CHECK(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) == 0);
	CHECK(setsockopt(pair[0], SOL_SOCKET, SO_SNDBUF, &size, sizeof(size)) == 0);
	return (struct wire){pair[0], pair[1]};
}

/* How each function is called: until `fd` is writable, for so long. */

static int by_poll(int fd, int ms)
{
	return poll(&(struct pollfd){.fd = fd, .events = POLLOUT}, 1, ms);
}

static const struct timespec *timespec(int ms, struct timespec *time)
{
	*time = (struct timespec){.tv_nsec = ms * 1000000L};
	return ms < 0 ? NULL : time;
}

static int by_ppoll(int fd, int ms)
{
	struct timespec time;

	return ppoll(&(struct pollfd){.fd = fd, .events = POLLOUT}, 1, timespec(ms, &time), NULL);
}

static int by_select(int fd, int ms)
{
	struct timeval time = {.tv_usec = ms * 1000};
	fd_set writes;

	FD_ZERO(&writes);
	FD_SET(fd, &writes);
	return select(fd + 1, NULL, &writes, NULL, ms < 0 ? NULL : &time);
}

static int by_pselect(int fd, int ms)
{
	struct timespec time;
	fd_set writes;

	FD_ZERO(&writes);
	FD_SET(fd, &writes);
	return pselect(fd + 1, NULL, &writes, NULL, timespec(ms, &time), NULL);
}

typedef int wait_function(int fd, int ms);

static wait_function *const waits[] = {by_poll, by_ppoll, by_select, by_pselect};

#define WAITS (sizeof(waits) / sizeof(waits[0]))

static void wait_in_vain(int fd)
{
	for (size_t i = 0; i < WAITS; i++)
		CHECK(waits[i](fd, SHORT_MS) == 0);
}

/* Long after it is not writable any more. */
static bool is_full(void)
{
	int taken, most;
	socklen_t length = sizeof(most);

	CHECK(ioctl(wire.writer, SIOCOUTQ, &taken) == 0);
	CHECK(getsockopt(wire.writer, SOL_SOCKET, SO_SNDBUF, &most, &length) == 0);
	return taken >= most;
}

/* Sends the beginning of a message in pieces that are taken whole, until there is no room for a byte. */
static size_t send_until_full(void)
{
	size_t length = 0;

	while (!is_full()) {
		CHECK(send(wire.writer, sent + length, 500, MSG_DONTWAIT) == 500);
		length += 500;
	}
	return length;
}

static int handled[2];

static void wait_here(int signal)
{
	(void)signal;
	wait_in_vain(wire.writer);
	CHECK(write(handled[1], "", 1) == 1);
}

/* Another process interrupts the write that is blocked, and reads when the handler has waited. */
static void interrupt_then_read(size_t length)
{
	pid_t writer = getpid();
	uint8_t *got = malloc(length), done;

	CHECK(got);
	if (fork() != 0)
		return;
	scene_start();
	await_blocked_in(writer, writer, wire);
	kill(writer, SIGUSR1);
	CHECK(read(handled[0], &done, 1) == 1);
	wire_read(wire, got, length);
	_exit(memcmp(got, sent, length) != 0);
}

/* Nothing of it was sent when the signal came, so it is started again and goes through as a whole. */
static void a_wait_in_a_handler_does_not_interrupt_the_write_below(void)
{
	int status;
	size_t length = send_until_full();

	CHECK(pipe(handled) == 0);
	handle(SIGUSR1, wait_here, SA_RESTART);
	interrupt_then_read(MESSAGE_LENGTH);
	CHECK(write(wire.writer, sent + length, MESSAGE_LENGTH - length) ==
	      (ssize_t)(MESSAGE_LENGTH - length));
	CHECK(wait(&status) > 0 && status == 0);
	CHECK(write(wire.writer, "\0\0\0\1a", 5) == 5);
}

static ssize_t rest_taken;
static bool may_be_poisoned;
static timer_t timer;
static long next_us;

/* 0: never. */
static void set_timer(long microseconds)
{
	const struct itimerspec once = {.it_value.tv_nsec = microseconds * 1000};

	CHECK(timer_settime(timer, 0, &once, NULL) == 0);
}

static void offer_rest(int signal)
{
	int saved = errno;
	ssize_t n = send(wire.writer, sent + rest_taken, MESSAGE_LENGTH - (size_t)rest_taken, MSG_DONTWAIT);

	(void)signal;
	CHECK(n == -1);
	CHECK(errno == EAGAIN || (errno == EPIPE && may_be_poisoned));
	set_timer(next_us);
	next_us = 0;
	errno = saved;
}

/* One signal ends the wait, and a second one comes a little later each time: it finds all that the guard
 * makes of the first. */
static void a_handler_may_write_whenever_a_wait_ends(void)
{
	struct sigevent event = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGUSR1};

	CHECK(timer_create(CLOCK_MONOTONIC, &event, &timer) == 0);
	may_be_poisoned = strcmp(getenv("POISONSHIM_POLICY"), "strict") == 0;
	handle(SIGUSR1, offer_rest, 0);
	for (int i = 0; i < 1000; i++) {
		wire = open_wire();
		rest_taken = send(wire.writer, sent, MESSAGE_LENGTH, MSG_DONTWAIT);
		CHECK(rest_taken > 0);
		next_us = 1 + i % 40;
		set_timer(100);
		waits[(size_t)i % WAITS](wire.writer, 20);
		set_timer(0);
		close(wire.peer);
		close(wire.writer);
	}
}

struct waiting {
	wait_function *wait;
	_Atomic pid_t tid;
};

static void *wait_for_ever(void *argument)
{
	struct waiting *waiting = argument;

	waiting->tid = (pid_t)syscall(SYS_gettid);
	waiting->wait(wire.writer, FOR_EVER);
	return NULL;
}

static void a_thread_that_waits_can_be_cancelled(void)
{
	CHECK(send(wire.writer, sent, MESSAGE_LENGTH, MSG_DONTWAIT) > 0);
	for (size_t i = 0; i < WAITS; i++) {
		struct waiting waiting = {.wait = waits[i]};
		pthread_t thread;
		void *result;

		CHECK(pthread_create(&thread, NULL, wait_for_ever, &waiting) == 0);
		while (!waiting.tid)
			poll(NULL, 0, 1);
		await_sleeping(waiting.tid);
		CHECK(pthread_cancel(thread) == 0);
		CHECK(pthread_join(thread, &result) == 0 && result == PTHREAD_CANCELED);
	}
}

static void check_fault(int result)
{
	CHECK(result == -1 && errno == EFAULT);
}

static void what_cannot_be_read_is_the_kernels_answer(void)
{
	void *volatile nowhere = (void *)8;

	CHECK(send(wire.writer, sent, MESSAGE_LENGTH, MSG_DONTWAIT) > 0);
	check_fault(poll(nowhere, 1, SHORT_MS));
	check_fault(ppoll(nowhere, 1, NULL, NULL));
	check_fault(select(wire.writer + 1, NULL, nowhere, NULL, NULL));
	check_fault(pselect(wire.writer + 1, NULL, nowhere, NULL, NULL, NULL));
}

/* The kernel reads no further than there can be fds, whatever it was told. */
static void a_set_may_end_before_the_count(void)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	uint8_t *pages = mmap(NULL, 2 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	fd_set *writes = (fd_set *)(void *)(pages + page - sizeof(fd_set));
	const struct timespec time = {.tv_nsec = SHORT_MS * 1000000};

	CHECK(send(wire.writer, sent, MESSAGE_LENGTH, MSG_DONTWAIT) > 0);
	CHECK(pages != MAP_FAILED && mprotect(pages + page, page, PROT_NONE) == 0);
	FD_SET(wire.writer, writes);
	CHECK(pselect(1 << 20, NULL, writes, NULL, &time, NULL) == 0);
}

static void select_with_a_large_set_of_its_own(void)
{
	struct rlimit limit;
	long *writes = calloc(1, LARGE_FD);
	struct timeval time = {.tv_usec = SHORT_MS * 1000};

	CHECK(getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_max > LARGE_FD);
	limit.rlim_cur = LARGE_FD + 1;
	CHECK(setrlimit(RLIMIT_NOFILE, &limit) == 0);
	CHECK(send(wire.writer, sent, MESSAGE_LENGTH, MSG_DONTWAIT) > 0);
	CHECK(dup2(wire.writer, LARGE_FD) == LARGE_FD);
	writes[LARGE_FD / (8 * sizeof(long))] = 1L << LARGE_FD % (8 * sizeof(long));
	CHECK(select(LARGE_FD + 1, NULL, (fd_set *)(void *)writes, NULL, &time) == 0);
}

static _Atomic bool finished;

static void *keep_waiting(void *argument)
{
	wait_function *wait_ = *(wait_function *const *)argument;

	while (!finished)
		CHECK(wait_(wire.writer, 1) >= 0);
	return NULL;
}

static void *put_messages(void *unused)
{
	for (int i = 0; i < 100; i++)
		CHECK(write(wire.writer, sent, MESSAGE_LENGTH) == (ssize_t)MESSAGE_LENGTH);
	return unused;
}

static void threads_that_wait_beside_one_that_writes(void)
{
	pthread_t waiters[WAITS], writer;
	uint8_t *got = malloc(MESSAGE_LENGTH);

	for (size_t i = 0; i < WAITS; i++)
		CHECK(pthread_create(&waiters[i], NULL, keep_waiting, (void *)(uintptr_t)&waits[i]) == 0);
	CHECK(pthread_create(&writer, NULL, put_messages, NULL) == 0);
	for (int i = 0; i < 100; i++) {
		wire_read(wire, got, MESSAGE_LENGTH);
		CHECK(memcmp(got, sent, MESSAGE_LENGTH) == 0);
	}
	CHECK(pthread_join(writer, NULL) == 0);
	finished = true;
	for (size_t i = 0; i < WAITS; i++)
		CHECK(pthread_join(waiters[i], NULL) == 0);
}

static const struct scene scenes[] = {
    SCENE(a_wait_in_a_handler_does_not_interrupt_the_write_below),
    SCENE(a_handler_may_write_whenever_a_wait_ends),
    SCENE(a_thread_that_waits_can_be_cancelled),
    SCENE(what_cannot_be_read_is_the_kernels_answer),
    SCENE(a_set_may_end_before_the_count),
    SCENE(select_with_a_large_set_of_its_own),
    SCENE(threads_that_wait_beside_one_that_writes),
};

int main(int argc, char **argv)
{
	wire = open_wire();
	sent = packet(1);
	return scene_play(scenes, sizeof(scenes) / sizeof(scenes[0]), argc, argv);
}
