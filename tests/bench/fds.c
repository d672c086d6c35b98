/* Many open streams. */

#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bench.h"

#define SIZE 64
#define FIT 150	    /* messages that fit into a socket's buffer */
#define LEAST 15000 /* writes a round */
#define STRIDE \
	982451653u /* a prime: goes once through any smaller number of fds, in no order a cache expects */

struct streams {
	int *fds;
	size_t count;
	char *message;
};

/* An even number of them, or one. */
static struct streams open_streams(size_t wanted)
{
	struct streams streams = {.count = fds_within_limit(wanted), .message = message_new(SIZE)};
	char sink[SIZE];

	streams.fds = calloc(streams.count + 1, sizeof(*streams.fds));
	if (!streams.fds)
		err(1, "calloc");
	for (size_t i = 0; i < streams.count; i += 2) {
		int *pair = streams.fds + i;

		open_and_write_pair(SOCK_STREAM, streams.message, SIZE, pair);
		if (read(pair[0], sink, SIZE) != SIZE || read(pair[1], sink, SIZE) != SIZE)
			err(1, "read");
	}
	return streams;
}

static double write_round(const struct streams *streams, size_t span, size_t passes)
{
	write_function function = write_function_named("write");
	double start = now_ns();

	for (size_t i = 0; i < span * passes; i++)
		if (counted_writes(function, streams->fds[i * STRIDE % span], streams->message, SIZE, 1) !=
		    SIZE)
			err(1, "write");
	return (now_ns() - start) / (double)(span * passes);
}

static void drain_round(const struct streams *streams, size_t span, size_t passes)
{
	for (size_t i = 0; i < span; i++) {
		struct target target = {.reader = streams->fds[i ^ 1]};

		target_drain(&target, passes * SIZE);
	}
}

/* COUNT ROUNDS [one] */
void command_fds(char **arguments)
{
	struct streams streams = open_streams(number(arguments[0]));
	size_t rounds = number(arguments[1]), span = arguments[2] ? 1 : streams.count;
	size_t passes = 1 + LEAST / span < FIT ? 1 + LEAST / span : FIT;
	double *ns = calloc(rounds, sizeof(*ns));

	if (!ns)
		err(1, "calloc");
	for (size_t i = 0; i < rounds; i++) {
		ns[i] = write_round(&streams, span, passes);
		drain_round(&streams, span, passes);
	}
	printf("%zu %.2f\n", span * passes * rounds, median(ns, rounds));
	free(ns);
	free(streams.fds);
}

static double fork_ns(void)
{
	double start = now_ns();
	int status;
	pid_t child = fork();

	if (child == 0)
		_exit(0);
	if (child < 0 || waitpid(child, &status, 0) != child || status != 0)
		err(1, "fork");
	return now_ns() - start;
}

/* The child tells itself: it has the parent's stdout. */
static void tell_child_memory(const struct streams *streams, size_t writes)
{
	int status;
	pid_t child = fork();

	if (child == 0) {
		for (size_t i = 0; i < writes; i++)
			if (write(streams->fds[i * STRIDE % streams->count], streams->message, SIZE) != SIZE)
				err(1, "write");
		printf("%ld\n", memory_bytes("Private_Dirty"));
		fflush(stdout);
		_exit(0);
	}
	if (child < 0 || waitpid(child, &status, 0) != child || status != 0)
		errx(1, "the child failed");
}

/* FDS WRITES ROUNDS */
void command_forked(char **arguments)
{
	struct streams streams = open_streams(number(arguments[0]));
	size_t writes = strtoul(arguments[1], NULL, 10), rounds = number(arguments[2]);
	double *ns = calloc(rounds, sizeof(*ns));

	if (!ns || writes > streams.count)
		errx(2, "expected at most %zu writes", streams.count);
	for (size_t i = 0; i < rounds; i++)
		ns[i] = fork_ns();
	printf("%zu %.0f ", streams.count, median(ns, rounds));
	fflush(stdout);
	tell_child_memory(&streams, writes);
	free(ns);
	free(streams.fds);
}
