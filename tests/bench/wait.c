/* Looks and waits for a stream that is inside no message. They count as writes of one byte. */

#include <err.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/select.h>

#include "bench.h"

static ssize_t by_poll(int fd, const char *message, size_t size)
{
	struct pollfd ask = {.fd = fd, .events = POLLOUT};

	(void)message;
	return poll(&ask, 1, -1) == 1 ? (ssize_t)size : -1;
}

static ssize_t by_poll_in_vain(int fd, const char *message, size_t size)
{
	struct pollfd ask = {.fd = fd, .events = POLLIN};

	(void)message;
	return poll(&ask, 1, 0) == 0 ? (ssize_t)size : -1;
}

static ssize_t by_select(int fd, const char *message, size_t size)
{
	fd_set writes;

	(void)message;
	FD_ZERO(&writes);
	FD_SET(fd, &writes);
	return select(fd + 1, NULL, &writes, NULL, NULL) == 1 ? (ssize_t)size : -1;
}

static write_function wait_function_named(const char *name)
{
	if (strcmp(name, "poll") == 0)
		return by_poll;
	if (strcmp(name, "poll-in-vain") == 0)
		return by_poll_in_vain;
	if (strcmp(name, "select") == 0)
		return by_select;
	errx(2, "no function '%s'", name);
}

/* FUNCTION COUNT */
void command_wait(char **arguments)
{
	write_function function = wait_function_named(arguments[0]), put = write_function_named("write");
	size_t count = number(arguments[1]), size = 64;
	struct target target = target_open("pair", size);

	if (put(target.fd, message_new(size), size) != (ssize_t)size ||
	    counted_writes(function, target.fd, NULL, 1, count) != 1)
		err(1, "%s", arguments[0]);
	printf("%zu\n", count);
}
