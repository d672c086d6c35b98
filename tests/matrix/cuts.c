/*
 * The cut matrix in C, for machines and libcs without a Python: a stream of three messages is cut at every
 * byte by every write function, and then resumed in one piece, resumed in pieces, or abandoned, through every
 * function in turn. `cuts FRAMING` under "libpoisonshim.so libfault.so"; exit status 0, or 1 and what was not
 * so.
 */

#include <dlfcn.h>
#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#define PATIENCE_S 60
#define MESSAGES 3
#define STREAM_MAX 256

static struct {
	const char *framing;
	size_t end[MESSAGES + 1]; /* behind message n - 1 */
	uint8_t bytes[STREAM_MAX];
} sample;

static struct {
	const char *cutter, *cure;
	size_t offset;
} now;

static void (*fault_plan)(int fd, unsigned call, size_t accept, int error, unsigned refusals);
static void (*fault_clear)(int fd);
static unsigned cures;

#define CHECK(condition) ((condition) ? (void)0 : fail(__LINE__, #condition))

__attribute__((noreturn)) static void fail(int line, const char *what)
{
	fprintf(stderr, "cuts.c:%d: not so: %s (errno: %s); %s, %s cut at byte %zu, then %s\n", line, what,
		strerror(errno), sample.framing, now.cutter, now.offset, now.cure);
	_exit(1);
}

/* The write functions, each with (fd, bytes, length). */

static struct iovec vector(const uint8_t *bytes, size_t length)
{
	return (struct iovec){(void *)(uintptr_t)bytes, length};
}

static ssize_t put_write(int fd, const uint8_t *bytes, size_t length)
{
	return write(fd, bytes, length);
}

static ssize_t put_send(int fd, const uint8_t *bytes, size_t length)
{
	return send(fd, bytes, length, MSG_NOSIGNAL);
}

static ssize_t put_sendto(int fd, const uint8_t *bytes, size_t length)
{
	return sendto(fd, bytes, length, 0, NULL, 0);
}

static ssize_t put_writev(int fd, const uint8_t *bytes, size_t length)
{
	struct iovec iov[] = {vector(bytes, length / 2), vector(bytes, 0),
			      vector(bytes + length / 2, length - length / 2)};

	return writev(fd, iov, 3);
}

static ssize_t put_sendmsg(int fd, const uint8_t *bytes, size_t length)
{
	struct iovec iov[] = {vector(bytes, length / 3), vector(bytes + length / 3, length - length / 3)};
	struct msghdr header = {.msg_iov = iov, .msg_iovlen = 2};

	return sendmsg(fd, &header, MSG_DONTWAIT);
}

static ssize_t put_sendmmsg(int fd, const uint8_t *bytes, size_t length)
{
	struct iovec iov = vector(bytes, length);
	struct mmsghdr header = {.msg_hdr = {.msg_iov = &iov, .msg_iovlen = 1}};

	return sendmmsg(fd, &header, 1, 0) == 1 ? (ssize_t)header.msg_len : -1;
}

static ssize_t put_sendfile(int fd, const uint8_t *bytes, size_t length)
{
	off_t offset = 3;
	int file = memfd_create("cuts", 0);

	CHECK(file >= 0 && pwrite(file, bytes, length, offset) == (ssize_t)length);
	ssize_t sent = sendfile(fd, file, &offset, length);
	close(file);
	return sent;
}

static ssize_t put_by_number(int fd, const uint8_t *bytes, size_t length)
{
	return syscall(SYS_write, fd, bytes, length);
}

#ifdef __GLIBC__
ssize_t __write(int fd, const void *bytes, size_t length);

static ssize_t put_twin(int fd, const uint8_t *bytes, size_t length)
{
	return __write(fd, bytes, length);
}

static ssize_t put_pwritev2(int fd, const uint8_t *bytes, size_t length)
{
	struct iovec iov = vector(bytes, length);

	return pwritev2(fd, &iov, 1, -1, 0);
}
#endif

static const struct put {
	const char *name;
	ssize_t (*put)(int fd, const uint8_t *bytes, size_t length);
} puts_by_name[] = {
    /* The fault layer cuts the first six. */
    {"write", put_write},	{"send", put_send},	    {"sendto", put_sendto},
    {"writev", put_writev},	{"sendmsg", put_sendmsg},   {"sendmmsg", put_sendmmsg},
    {"sendfile", put_sendfile}, {"syscall", put_by_number},
#ifdef __GLIBC__
    {"__write", put_twin},	{"pwritev2", put_pwritev2},
#endif
};

#define CUTTERS 6
#define PUTS (sizeof(puts_by_name) / sizeof(puts_by_name[0]))

static const struct put *next_put(void)
{
	const struct put *put = &puts_by_name[cures++ % PUTS];

	now.cure = put->name;
	return put;
}

static void deliver(int fd, const uint8_t *bytes, size_t length)
{
	if (length)
		CHECK(next_put()->put(fd, bytes, length) == (ssize_t)length);
}

/* The stream. */

static void add(size_t message, const void *bytes, size_t length)
{
	memcpy(sample.bytes + sample.end[message + 1], bytes, length);
	sample.end[message + 1] += length;
}

/* Payloads whose bytes all differ from their neighbours' and say where they are. */
static void make_message(size_t message, size_t length)
{
	uint8_t payload[STREAM_MAX], header[4] = {0, 0, 0, (uint8_t)length};

	for (size_t i = 0; i < length; i++)
		payload[i] = (uint8_t)('A' + (i * 5 + message * 7) % 57);
	sample.end[message + 1] = sample.end[message];
	if (strcmp(sample.framing, "packet(4)") == 0)
		add(message, header, sizeof(header));
	add(message, payload, length);
	if (strcmp(sample.framing, "line") == 0)
		add(message, "\n", 1);
}

/* The message that holds the offset, or begins there. */
static size_t message_at(size_t offset)
{
	size_t message = 0;

	while (message + 1 < MESSAGES && offset >= sample.end[message + 1])
		message++;
	return message;
}

static void check_peer(int pair[2], size_t length, const char *more)
{
	uint8_t got[STREAM_MAX * 2];
	size_t have = 0;
	ssize_t n;

	CHECK(shutdown(pair[0], SHUT_WR) == 0);
	while ((n = read(pair[1], got + have, sizeof(got) - have)) > 0)
		have += (size_t)n;
	CHECK(n == 0 && have == length + strlen(more));
	CHECK(memcmp(got, sample.bytes, length) == 0 && memcmp(got + length, more, strlen(more)) == 0);
}

/* Sends up to the offset, where the kernel refuses the rest of a message. Returns where that message ends. */
static size_t cut(int fd, const struct put *cutter, size_t offset)
{
	size_t message = message_at(offset), begin = sample.end[message], end = sample.end[message + 1];
	size_t accepted = offset - begin;

	deliver(fd, sample.bytes, sample.end[message > 0]);
	if (message > 1)
		deliver(fd, sample.bytes + sample.end[1], sample.end[2] - sample.end[1]);
	now.cure = "nothing yet";
	fault_plan(fd, 1, accepted, EAGAIN, 0);
	ssize_t result = cutter->put(fd, sample.bytes + begin, end - begin);
	CHECK(accepted ? result == (ssize_t)accepted : result == -1 && errno == EAGAIN);
	fault_clear(fd);
	return end;
}

static void finish(int pair[2], size_t end)
{
	for (size_t message = 0; message < MESSAGES; message++)
		if (sample.end[message] >= end)
			deliver(pair[0], sample.bytes + sample.end[message],
				sample.end[message + 1] - sample.end[message]);
	check_peer(pair, sample.end[MESSAGES], "");
}

static void resume(int pair[2], const struct put *cutter, size_t offset)
{
	size_t end = cut(pair[0], cutter, offset);

	deliver(pair[0], sample.bytes + offset, end - offset);
	finish(pair, end);
}

/* For framing `call` a message of which no byte went out is no message yet: then a piece would be one, and is
 * a message that is whole. */
static void resume_in_pieces(int pair[2], const struct put *cutter, size_t offset)
{
	size_t end = cut(pair[0], cutter, offset);

	for (size_t at = offset, length = 1; at < end; at += length, length += 2) {
		if (length > end - at)
			length = end - at;
		deliver(pair[0], sample.bytes + at, length);
	}
	finish(pair, end);
}

static void check_refused(int fd, const uint8_t *bytes, size_t length)
{
	errno = 0;
	CHECK(next_put()->put(fd, bytes, length) == -1 && errno == EPIPE);
}

static void check_poisoned(int fd, size_t offset)
{
	int copy = dup(fd);

	CHECK(copy >= 0);
	for (size_t i = 0; i < PUTS; i++) {
		check_refused(i % 2 ? fd : copy, sample.bytes + offset, 1);
		if (puts_by_name[cures % PUTS].put != put_sendfile)
			check_refused(fd, sample.bytes, 0);
		else
			cures++;
	}
	close(copy);
}

/* With a byte that is not the next one. */
static void abandon(int pair[2], const struct put *cutter, size_t offset)
{
	char other[] = "?\n";

	cut(pair[0], cutter, offset);
	if (offset == sample.end[message_at(offset)]) {
		deliver(pair[0], (const uint8_t *)other, 2);
		check_peer(pair, offset, other);
		return;
	}
	check_refused(pair[0], (const uint8_t *)other, 2);
	check_poisoned(pair[0], offset);
	check_peer(pair, offset, "");
}

/* Two messages in one call, the first of them cut: the second must wait. */
static void cut_a_batch(int pair[2], const struct put *cutter, size_t offset)
{
	size_t first = sample.end[1], second = sample.end[2] - first;
	struct iovec iov[] = {vector(sample.bytes, first), vector(sample.bytes + first, second)};
	struct mmsghdr headers[] = {{.msg_hdr = {.msg_iov = &iov[0], .msg_iovlen = 1}},
				    {.msg_hdr = {.msg_iov = &iov[1], .msg_iovlen = 1}}};

	(void)cutter;
	now.cure = "the next message of the same sendmmsg";
	fault_plan(pair[0], 1, offset, EAGAIN, 0);
	CHECK(sendmmsg(pair[0], headers, 2, 0) == 1 && headers[0].msg_len == offset);
	fault_clear(pair[0]);
	deliver(pair[0], sample.bytes + offset, first - offset);
	finish(pair, first);
}

static void play(void (*way)(int pair[2], const struct put *cutter, size_t offset), const struct put *cutter,
		 size_t offset)
{
	int pair[2];

	now.cutter = cutter->name;
	now.offset = offset;
	CHECK(socketpair(AF_UNIX, SOCK_STREAM, 0, pair) == 0);
	fault_clear(pair[0]);
	way(pair, cutter, offset);
	close(pair[0]);
	close(pair[1]);
}

static void find(void *pointer, const char *name)
{
	*(void **)pointer = dlsym(RTLD_DEFAULT, name);
	CHECK(*(void **)pointer);
}

int main(int argc, char **argv)
{
	unsigned played = 0;

	alarm(PATIENCE_S);
	sample.framing = argc > 1 ? argv[1] : "call";
	for (size_t message = 0; message < MESSAGES; message++)
		make_message(message, 41 - message * 13);
	find(&fault_plan, "fault_plan");
	find(&fault_clear, "fault_clear");
	for (size_t cutter = 0; cutter < CUTTERS; cutter++) {
		for (size_t offset = 0; offset < sample.end[MESSAGES]; offset++, played += 3) {
			play(resume, &puts_by_name[cutter], offset);
			play(resume_in_pieces, &puts_by_name[cutter], offset);
			play(abandon, &puts_by_name[cutter], offset);
		}
	}
	for (size_t offset = 1; offset < sample.end[1]; offset++, played++)
		play(cut_a_batch, &puts_by_name[CUTTERS - 1], offset);
	printf("%u streams were cut\n", played);
	return 0;
}
