/* Writes that the kernel cuts short. */

#include <err.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "bench.h"

/* Offers the rest of the message; returns how much of it was taken, which must not be all. */
static size_t cut_short(const struct target *target, write_function function, const char *message,
			size_t size)
{
	ssize_t taken = counted_writes(function, target->fd, message, size, 1);

	if (taken <= 0 || (size_t)taken >= size)
		err(1, "expected a short write of %zu bytes, got %zd", size, taken);
	target_drain(target, (size_t)taken);
	return (size_t)taken;
}

/* TCP makes room when the other end's acknowledgement is there. */
static void wait_for_room(int fd)
{
	struct pollfd ask = {.fd = fd, .events = POLLOUT};

	if (poll(&ask, 1, -1) != 1)
		err(1, "poll");
}

static void finish(const struct target *target, write_function function, const char *message, size_t size)
{
	for (size_t sent = 0; sent < size;) {
		ssize_t taken = function(target->fd, message + sent, size - sent);

		if (taken < 0 && errno == EAGAIN) {
			wait_for_room(target->fd);
			continue;
		}
		if (taken <= 0)
			err(1, "resuming");
		target_drain(target, (size_t)taken);
		sent += (size_t)taken;
	}
}

static void tear(const struct target *target, write_function function, const char *message, size_t size)
{
	size_t sent = cut_short(target, function, message, size);

	sent += cut_short(target, function, message + sent, size - sent);
	finish(target, function, message + sent, size - sent);
}

/* SIZE MESSAGES */
void command_torn(char **arguments)
{
	size_t size = number(arguments[0]), messages = number(arguments[1]);
	struct target target = target_open_narrow("pair");
	write_function function = write_function_named("write");
	char *message = message_new(size);

	finish(&target, function, message, size);
	for (size_t i = 0; i < messages; i++)
		tear(&target, function, message, size);
	printf("%zu\n", 2 * messages);
}

/* [message=FILE of 1 MiB] [prologue=FILE]. A measurement of a guard that is not there would be a fine one.
 * The first byte goes alone, so that the cut falls at no multiple of 64. */
void command_guarded(char **arguments)
{
	struct target target = target_open_narrow("pair");
	write_function function = write_function_named("write");
	size_t size = 1 << 20;
	struct options options = options_parse(arguments, size);
	char *message = options.message;

	if (options.prologue)
		finish(&target, function, options.prologue, options.prologue_size);
	finish(&target, function, message, 1);
	cut_short(&target, function, message + 1, size - 1);
	puts(function(target.fd, message, 64) < 0 && errno == EPIPE ? "yes" : "no");
}

/* TARGET MEMORY BYTES */
void command_transfer(char **arguments)
{
	size_t bytes = number(arguments[2]), size = 1 << 20;
	struct target target = target_open_narrow(arguments[0]);
	write_function function = write_function_named("write");
	char *message = message_in(arguments[1], size);

	finish(&target, function, message, size);
	double start = clock_ns(CLOCK_PROCESS_CPUTIME_ID);
	for (size_t sent = 0; sent < bytes; sent += size)
		finish(&target, function, message, size);
	printf("%zu %.0f\n", bytes, clock_ns(CLOCK_PROCESS_CPUTIME_ID) - start);
}

static double refused_ns(const char *name, const char *message, size_t size)
{
	struct target target = target_open_narrow(name);
	ssize_t taken = write(target.fd, message, size);

	if (taken <= 0 || (size_t)taken >= size)
		err(1, "expected a short write of %zu bytes, got %zd", size, taken);
	double start = now_ns();
	if (write(target.fd, message, 64) >= 0 || errno != EPIPE)
		err(1, "expected EPIPE");
	double took = now_ns() - start;
	close(target.fd);
	close(target.reader);
	return took;
}

/* TARGET COUNT */
void command_refused(char **arguments)
{
	size_t count = number(arguments[1]), size = 1 << 24;
	char *message = message_new(size);
	double *ns = calloc(count, sizeof(*ns));

	if (!ns)
		err(1, "calloc");
	for (size_t i = 0; i < count; i++)
		ns[i] = refused_ns(arguments[0], message, size);
	printf("%zu %.0f\n", count, median(ns, count));
}
