/* What a write touches in memory, beside what other threads' writes do on streams of theirs. */

#include <err.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "bench.h"

#define SIZE 64

/* Each on pages of its own, so that nothing here is near anything of another thread. */
struct writer {
	_Alignas(4096) sem_t turn;
	_Alignas(64) volatile int begin;
	_Alignas(64) volatile int end;
	pthread_t thread;
	sem_t *next;
	const void *stack;
	int fd;
	const char *message;
};

static void write_once(const struct writer *writer)
{
	if (write(writer->fd, writer->message, SIZE) != SIZE)
		err(1, "write");
}

/* The first write of a thread takes the long way. None ends while another writes. */
static void *write_between_marks(void *argument)
{
	struct writer *writer = argument;

	sem_wait(&writer->turn);
	write_once(writer);
	writer->begin = 1;
	write_once(writer);
	writer->end = 1;
	writer->stack = &argument;
	sem_post(writer->next);
	sem_wait(&writer->turn);
	return NULL;
}

/* Streams are made in the order of their first writes: neighbours in memory. */
static void open_writers(struct writer *writers, size_t count, sem_t *done)
{
	char *message = message_new(SIZE);
	int pair[2];

	for (size_t i = 0; i < count; i++) {
		if (i % 2 == 0)
			open_and_write_pair(SOCK_STREAM, message, SIZE, pair);
		sem_init(&writers[i].turn, 0, 0);
		writers[i].fd = pair[i % 2];
		writers[i].message = message;
		writers[i].next = i + 1 < count ? &writers[i + 1].turn : done;
	}
}

static void start_writers(struct writer *writers, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (pthread_create(&writers[i].thread, NULL, write_between_marks, writers + i) != 0)
			errx(1, "pthread_create");
}

/* COUNT; the addresses are those that valgrind's lackey tells. */
void command_lines(char **arguments)
{
	size_t count = number(arguments[0]);
	struct writer *writers = aligned_alloc(4096, count * sizeof(*writers));
	sem_t done;

	if (!writers)
		err(1, "aligned_alloc");
	sem_init(&done, 0, 0);
	open_writers(writers, count, &done);
	start_writers(writers, count);
	sem_post(&writers->turn);
	sem_wait(&done);
	for (size_t i = 0; i < count; i++) {
		sem_post(&writers[i].turn);
		pthread_join(writers[i].thread, NULL);
		printf("%lx %lx %lx\n", (unsigned long)&writers[i].begin, (unsigned long)&writers[i].end,
		       (unsigned long)writers[i].stack);
	}
}
