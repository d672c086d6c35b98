/* Writes that succeed: the clean path. */

#include <err.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include "bench.h"

static ssize_t by_write(int fd, const char *message, size_t size)
{
	return write(fd, message, size);
}

static ssize_t by_writev(int fd, const char *message, size_t size)
{
	struct iovec iov[2] = {{(void *)(uintptr_t)message, 4}, {(void *)(uintptr_t)(message + 4), size - 4}};

	return writev(fd, iov, 2);
}

static ssize_t by_writev8(int fd, const char *message, size_t size)
{
	struct iovec iov[8];

	for (size_t i = 0; i < 8; i++)
		iov[i] = (struct iovec){(void *)(uintptr_t)(message + i * (size / 8)), size / 8};
	return writev(fd, iov, 8);
}

static ssize_t by_send(int fd, const char *message, size_t size)
{
	return send(fd, message, size, MSG_NOSIGNAL);
}

static ssize_t by_sendmsg(int fd, const char *message, size_t size)
{
	struct iovec iov[2] = {{(void *)(uintptr_t)message, 4}, {(void *)(uintptr_t)(message + 4), size - 4}};
	struct msghdr header = {.msg_iov = iov, .msg_iovlen = 2};

	return sendmsg(fd, &header, MSG_NOSIGNAL);
}

static int file_of(const char *message, size_t size)
{
	int file = memfd_create("message", 0);

	if (file < 0 || write(file, message, size) != (ssize_t)size)
		err(1, "memfd_create");
	return file;
}

/* Always the same message. */
static ssize_t by_sendfile(int fd, const char *message, size_t size)
{
	static int file = -1;
	off_t offset = 0;

	if (file < 0)
		file = file_of(message, size);
	return sendfile(fd, file, &offset, size);
}

static ssize_t by_write_and_sendfile(int fd, const char *message, size_t size)
{
	static int file = -1;
	off_t offset = 4;

	if (file < 0)
		file = file_of(message, size);
	if (write(fd, message, 4) != 4)
		return -1;
	return sendfile(fd, file, &offset, size - 4) + 4;
}

write_function write_function_named(const char *name)
{
	static const struct {
		const char *name;
		write_function function;
	} functions[] = {{"write", by_write},
			 {"writev", by_writev},
			 {"writev8", by_writev8},
			 {"send", by_send},
			 {"sendmsg", by_sendmsg},
			 {"sendfile", by_sendfile},
			 {"write-sendfile", by_write_and_sendfile}};

	for (size_t i = 0; i < sizeof(functions) / sizeof(*functions); i++)
		if (strcmp(name, functions[i].name) == 0)
			return functions[i].function;
	errx(2, "no function '%s'", name);
}

__attribute__((noinline)) ssize_t counted_writes(write_function function, int fd, const char *message,
						 size_t size, size_t count)
{
	ssize_t written = (ssize_t)size;

	while (count-- > 0 && written == (ssize_t)size)
		written = function(fd, message, size);
	return written;
}

static int by_value(const void *left, const void *right)
{
	double a = *(const double *)left, b = *(const double *)right;

	return (a > b) - (a < b);
}

double median(double *values, size_t count)
{
	qsort(values, count, sizeof(*values), by_value);
	return values[count / 2];
}

static double timed_batch(const struct target *target, write_function function, const char *message,
			  size_t size)
{
	double start = now_ns();
	ssize_t last = counted_writes(function, target->fd, message, size, target->batch);
	double took = now_ns() - start;

	if (last != (ssize_t)size)
		err(1, "a write of %zu bytes was not whole: %zd", size, last);
	return took / (double)target->batch;
}

static void *wait_forever(void *unused)
{
	for (;;)
		pause();
	return unused;
}

static void become_threaded(void)
{
	pthread_t thread;

	if (pthread_create(&thread, NULL, wait_forever, NULL) != 0)
		errx(1, "pthread_create");
}

/* FUNCTION TARGET SIZE BATCHES [OPTION...]; with a second thread, which does nothing, nobody may leave
 * atomics out */
void command_write(char **arguments)
{
	write_function function = write_function_named(arguments[0]);
	size_t size = number(arguments[2]), batches = number(arguments[3]);
	struct target target = target_open(arguments[1], size);
	struct options options = options_parse(arguments + 4, size);
	double *ns = calloc(batches, sizeof(*ns));

	if (!ns)
		err(1, "calloc");
	if (options.threaded)
		become_threaded();
	if (options.prologue)
		put_whole(&target, options.prologue, options.prologue_size);
	/* The first write on a stream may look it up; it is not what is measured. */
	put_whole(&target, options.message, size);
	for (size_t i = 0; i < batches; i++) {
		ns[i] = timed_batch(&target, function, options.message, size);
		target_drain(&target, size * target.batch);
	}
	printf("%zu %.2f\n", batches * target.batch, median(ns, batches));
}
