#include "scene.h"

#include <dlfcn.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <sys/uio.h>

#define PATIENCE_S 20
#ifdef __GLIBC__
#define LIBC "libc.so.6"
#else
#define LIBC "libc.so"
#endif
#define WIRE_BUFFER 8192

void scene_fail(const char *file, int line, const char *what)
{
	fprintf(stderr, "%s:%d: not so: %s (errno: %s)\n", file, line, what, strerror(errno));
	_exit(1);
}

void scene_start(void)
{
	alarm(PATIENCE_S);
}

/* SCENE_COLD leaves the first write on each stream to the scene: the guard meets the fd there. */
struct wire wire_open(void)
{
	int pair[2], size = WIRE_BUFFER;
	struct wire wire;

	CHECK(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) == 0);
	CHECK(setsockopt(pair[0], SOL_SOCKET, SO_SNDBUF, &size, sizeof(size)) == 0);
	wire = (struct wire){pair[0], pair[1]};
	if (!getenv("SCENE_COLD"))
		wire_check_usable(wire);
	return wire;
}

const uint8_t *message(unsigned number)
{
	uint8_t *bytes = malloc(MESSAGE_LENGTH);

	CHECK(bytes);
	for (size_t i = 0; i < MESSAGE_LENGTH; i++)
		bytes[i] = (uint8_t)(number * 101 + i * 7 + (i >> 8) * 3);
	return bytes;
}

size_t wire_drain(struct wire wire, uint8_t *bytes, size_t size)
{
	size_t length = 0;
	ssize_t n;

	while (length < size && (n = recv(wire.peer, bytes + length, size - length, MSG_DONTWAIT)) > 0)
		length += (size_t)n;
	return length;
}

void wire_read(struct wire wire, uint8_t *bytes, size_t length)
{
	CHECK(recv(wire.peer, bytes, length, MSG_WAITALL) == (ssize_t)length);
}

void wire_check_cut(struct wire wire, unsigned number)
{
	uint8_t *bytes = malloc(MESSAGE_LENGTH + 1);
	size_t length = wire_drain(wire, bytes, MESSAGE_LENGTH + 1);

	CHECK(length > 0);
	CHECK(length < MESSAGE_LENGTH);
	CHECK(memcmp(bytes, message(number), length) == 0);
}

void wire_check_begins(struct wire wire, unsigned number)
{
	uint8_t *bytes = malloc(MESSAGE_LENGTH);

	wire_read(wire, bytes, MESSAGE_LENGTH);
	CHECK(memcmp(bytes, message(number), MESSAGE_LENGTH) == 0);
}

void wire_check_whole(struct wire wire, unsigned number)
{
	uint8_t more;

	wire_check_begins(wire, number);
	CHECK(wire_drain(wire, &more, 1) == 0);
}

/* From libc itself: what a preload puts before it is not asked. */
unseen_function *unseen(void)
{
	void *libc = dlopen(LIBC, RTLD_NOW | RTLD_NOLOAD);
	unseen_function *function;

	CHECK(libc);
	*(void **)&function = dlsym(libc, "syscall");
	CHECK(function);
	return function;
}

static ssize_t put_write(int fd, const void *bytes, size_t length)
{
	return write(fd, bytes, length);
}

static ssize_t put_send(int fd, const void *bytes, size_t length)
{
	return send(fd, bytes, length, 0);
}

static ssize_t put_sendto(int fd, const void *bytes, size_t length)
{
	return sendto(fd, bytes, length, 0, NULL, 0);
}

static void split(struct iovec iov[2], const void *bytes, size_t length)
{
	iov[0] = (struct iovec){(void *)(uintptr_t)bytes, length / 3};
	iov[1] = (struct iovec){(uint8_t *)(uintptr_t)bytes + length / 3, length - length / 3};
}

static ssize_t put_writev(int fd, const void *bytes, size_t length)
{
	struct iovec iov[2];

	split(iov, bytes, length);
	return writev(fd, iov, 2);
}

static ssize_t put_sendmsg(int fd, const void *bytes, size_t length)
{
	struct iovec iov[2];
	struct msghdr header = {.msg_iov = iov, .msg_iovlen = 2};

	split(iov, bytes, length);
	return sendmsg(fd, &header, 0);
}

static ssize_t put_sendmmsg(int fd, const void *bytes, size_t length)
{
	struct iovec iov[2];
	struct mmsghdr header = {.msg_hdr = {.msg_iov = iov, .msg_iovlen = 2}};

	split(iov, bytes, length);
	return sendmmsg(fd, &header, 1, 0) == 1 ? (ssize_t)header.msg_len : -1;
}

static const struct {
	const char *name;
	put_function *put;
} puts_by_name[] = {
    {"write", put_write},   {"writev", put_writev},   {"send", put_send},
    {"sendto", put_sendto}, {"sendmsg", put_sendmsg}, {"sendmmsg", put_sendmmsg},
};

#define PUTS (sizeof(puts_by_name) / sizeof(puts_by_name[0]))

#ifdef __GLIBC__

static ssize_t put_other_write(int fd, const void *bytes, size_t length)
{
	ssize_t __write(int, const void *, size_t);

	return __write(fd, bytes, length);
}

static ssize_t put_other_send(int fd, const void *bytes, size_t length)
{
	ssize_t __send(int, const void *, size_t, int) __attribute__((weak)); /* not on younger machines */

	CHECK(__send);
	return __send(fd, bytes, length, 0);
}

static ssize_t put_pwritev2(int fd, const void *bytes, size_t length)
{
	struct iovec iov[2];

	split(iov, bytes, length);
	return pwritev2(fd, iov, 2, -1, 0);
}

static ssize_t put_pwritev64v2(int fd, const void *bytes, size_t length)
{
	struct iovec iov[2];

	split(iov, bytes, length);
	return pwritev64v2(fd, iov, 2, -1, 0);
}

#endif

static ssize_t put_write_by_number(int fd, const void *bytes, size_t length)
{
	return syscall(SYS_write, fd, bytes, length);
}

static ssize_t put_writev_by_number(int fd, const void *bytes, size_t length)
{
	struct iovec iov[2];

	split(iov, bytes, length);
	return syscall(SYS_writev, fd, iov, 2);
}

static ssize_t put_sendto_by_number(int fd, const void *bytes, size_t length)
{
	return syscall(SYS_sendto, fd, bytes, length, 0, NULL, 0);
}

static ssize_t put_sendmsg_by_number(int fd, const void *bytes, size_t length)
{
	struct iovec iov[2];
	struct msghdr header = {.msg_iov = iov, .msg_iovlen = 2};

	split(iov, bytes, length);
	return syscall(SYS_sendmsg, fd, &header, 0);
}

/* Stays open: closing it would close the fd. */
static ssize_t put_fwrite(int fd, const void *bytes, size_t length)
{
	FILE *file = fdopen(fd, "w");

	CHECK(file && setvbuf(file, NULL, _IONBF, 0) == 0);
	return fwrite(bytes, length, 1, file) == 1 ? (ssize_t)length : -1;
}

/* Doors that not every scene goes through. */
static const struct {
	const char *name;
	put_function *put;
} other_puts[] = {
#ifdef __GLIBC__
    {"__write", put_other_write},
    {"__send", put_other_send},
    {"pwritev2", put_pwritev2},
    {"pwritev64v2", put_pwritev64v2},
#endif
    {"syscall:write", put_write_by_number},
    {"syscall:writev", put_writev_by_number},
    {"syscall:sendto", put_sendto_by_number},
    {"syscall:sendmsg", put_sendmsg_by_number},
    {"fwrite", put_fwrite},
};

#define OTHER_PUTS (sizeof(other_puts) / sizeof(other_puts[0]))

put_function *put_named(const char *name)
{
	for (size_t i = 0; i < PUTS; i++)
		if (strcmp(puts_by_name[i].name, name) == 0)
			return puts_by_name[i].put;
	for (size_t i = 0; i < OTHER_PUTS; i++)
		if (strcmp(other_puts[i].name, name) == 0)
			return other_puts[i].put;
	FAIL("there is no write function of this name");
}

static void check_refused(int fd)
{
	for (size_t i = 0; i < PUTS; i++) {
		errno = 0;
		CHECK(puts_by_name[i].put(fd, "another", 7) == -1 && errno == EPIPE);
		errno = 0;
		CHECK(puts_by_name[i].put(fd, "", 0) == -1 && errno == EPIPE);
	}
}

void wire_check_poisoned(struct wire wire)
{
	int copy = dup(wire.writer);

	CHECK(copy >= 0);
	check_refused(wire.writer);
	check_refused(copy);
	close(copy);
}

void wire_check_usable(struct wire wire)
{
	uint8_t bytes[8];

	CHECK(wire_drain(wire, bytes, sizeof(bytes)) == 0);
	CHECK(write(wire.writer, "a whole ", 8) == 8);
	CHECK(write(wire.writer, "and more", 8) == 8);
	wire_read(wire, bytes, 8);
	CHECK(memcmp(bytes, "a whole ", 8) == 0);
	wire_read(wire, bytes, 8);
	CHECK(memcmp(bytes, "and more", 8) == 0);
}

static bool is_sleeping(pid_t pid, pid_t tid)
{
	char path[64], text[512];
	FILE *file;
	size_t length;

	snprintf(path, sizeof(path), "/proc/%d/task/%d/stat", pid, tid);
	file = fopen(path, "re");
	if (!file)
		return false;
	length = fread(text, 1, sizeof(text) - 1, file);
	fclose(file);
	text[length] = '\0';
	const char *state = strrchr(text, ')');
	return state && state[2] == 'S';
}

static bool has_bytes(struct wire wire)
{
	int bytes = 0;

	return ioctl(wire.peer, FIONREAD, &bytes) == 0 && bytes > 0;
}

static void await(pid_t pid, pid_t tid, const struct wire *wire)
{
	while ((wire && !has_bytes(*wire)) || !is_sleeping(pid, tid))
		poll(NULL, 0, 1);
}

void await_sleeping(pid_t tid)
{
	await(getpid(), tid, NULL);
}

void await_blocked(pid_t tid, struct wire wire)
{
	await(getpid(), tid, &wire);
}

void await_blocked_in(pid_t pid, pid_t tid, struct wire wire)
{
	await(pid, tid, &wire);
}

void poke_when_blocked(struct wire wire, int signal)
{
	pid_t pid = getpid(), tid = (pid_t)syscall(SYS_gettid);
	pid_t child = fork();

	CHECK(child >= 0);
	if (child > 0)
		return;
	alarm(PATIENCE_S);
	await(pid, tid, &wire);
	syscall(SYS_tgkill, pid, tid, signal);
	_exit(0);
}

static void (*handlers[NSIG])(int);

static void run_handler(int signal)
{
	int saved = errno;

	handlers[signal](signal);
	errno = saved;
}

void handle(int signal, void (*handler)(int), int flags)
{
	struct sigaction action = {.sa_handler = handler == SIG_IGN ? SIG_IGN : run_handler,
				   .sa_flags = flags};

	handlers[signal] = handler;
	CHECK(sigaction(signal, &action, NULL) == 0);
}

static void *writer_run(void *argument)
{
	struct writer *writer = argument;
	const uint8_t *bytes = message(writer->number);
	int fd = writer->wire.writer;

	writer->tid = (pid_t)syscall(SYS_gettid);
	writer->result = writer->put ? writer->put(fd, bytes, MESSAGE_LENGTH)
				     : send(fd, bytes, MESSAGE_LENGTH, writer->flags);
	writer->error = errno;
	return NULL;
}

void writer_start(struct writer *writer)
{
	writer->result = -2;
	CHECK(pthread_create(&writer->thread, NULL, writer_run, writer) == 0);
	while (!writer->tid)
		poll(NULL, 0, 1);
}

void writer_await_blocked(struct writer *writer)
{
	await_blocked(writer->tid, writer->wire);
}

void writer_await_sleeping(struct writer *writer)
{
	await_sleeping(writer->tid);
}

void writer_join(struct writer *writer)
{
	CHECK(pthread_join(writer->thread, NULL) == 0);
}
