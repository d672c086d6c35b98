/* Threads that write, each on a stream of its own: what they share beside that would show. */

#include <err.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "bench.h"

#define SIZE 64

struct writer {
	pthread_t thread;
	struct target target;
	pthread_barrier_t *start;
	double *ns; /* CPU, of one write, for each batch */
	size_t batches;
};

static void *write_batches(void *argument)
{
	struct writer *writer = argument;
	write_function function = write_function_named("write");
	char *message = message_new(SIZE);

	pthread_barrier_wait(writer->start);
	for (size_t i = 0; i < writer->batches; i++) {
		double start = clock_ns(CLOCK_THREAD_CPUTIME_ID);
		ssize_t last =
		    counted_writes(function, writer->target.fd, message, SIZE, writer->target.batch);

		writer->ns[i] = (clock_ns(CLOCK_THREAD_CPUTIME_ID) - start) / (double)writer->target.batch;
		if (last != SIZE)
			err(1, "write");
		target_drain(&writer->target, SIZE * writer->target.batch);
	}
	free(message);
	return NULL;
}

/* The streams that lie between one writer's and the next one's in memory, if memory is given out in order. */
static void leave_apart(size_t apart, const char *message)
{
	int pair[2];

	for (size_t i = 0; i < apart; i++)
		open_and_write_pair(SOCK_STREAM, message, SIZE, pair);
}

static void open_writers(struct writer *writers, size_t count, size_t apart, double *ns, size_t batches)
{
	char *message = message_new(SIZE);

	for (size_t i = 0; i < count; i++) {
		writers[i].target = target_open("pair", SIZE);
		put_whole(&writers[i].target, message, SIZE);
		leave_apart(apart, message);
		writers[i].ns = ns + i * batches;
		writers[i].batches = batches;
	}
}

static double run(struct writer *writers, size_t count)
{
	pthread_barrier_t start;

	pthread_barrier_init(&start, NULL, (unsigned)count + 1);
	for (size_t i = 0; i < count; i++) {
		writers[i].start = &start;
		if (pthread_create(&writers[i].thread, NULL, write_batches, writers + i) != 0)
			errx(1, "pthread_create");
	}
	double began = now_ns();
	pthread_barrier_wait(&start);
	for (size_t i = 0; i < count; i++)
		pthread_join(writers[i].thread, NULL);
	return now_ns() - began;
}

/* COUNT BATCHES [APART] */
void command_threads(char **arguments)
{
	size_t count = number(arguments[0]), batches = number(arguments[1]);
	size_t apart = arguments[2] ? number(arguments[2]) : 0;
	struct writer *writers = calloc(count, sizeof(*writers));
	double *ns = calloc(count * batches, sizeof(*ns));

	if (!writers || !ns || fds_within_limit(2 * count * (apart + 1)) < 2 * count * (apart + 1))
		errx(1, "too many threads");
	open_writers(writers, count, apart, ns, batches);
	double took = run(writers, count);
	double writes = (double)(count * batches * writers->target.batch);
	printf("%.2f %.0f\n", median(ns, count * batches), writes / (took / 1e9));
}
