/*
 * A program that gets no memory from the kernel any more (RLIMIT_AS is what it has) once it has opened as
 * many connections as its argument says, and goes on opening connections, has its messages cut, and finishes
 * them. Prints sums that are the same with and without the shim.
 */

#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#define PAIRS 2000
#define MESSAGE (40 * 1024)

static int writers[PAIRS], readers[PAIRS];
static size_t placed[PAIRS], arrived[PAIRS];
static uint8_t message[MESSAGE], buffer[MESSAGE];
static unsigned long short_counts, would_block, other_errors, wrong_bytes;

static void fail(const char *what)
{
	perror(what);
	exit(1);
}

static void raise_fd_limit(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit))
		fail("getrlimit");
	limit.rlim_cur = limit.rlim_max;
	if (setrlimit(RLIMIT_NOFILE, &limit))
		fail("setrlimit");
}

static void take_memory_away(void)
{
	struct rlimit limit = {4096, 4096};

	if (setrlimit(RLIMIT_AS, &limit))
		fail("setrlimit");
	if (mmap(NULL, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) != MAP_FAILED)
		fail("there is still memory");
}

static void open_pair(int i)
{
	int pair[2], size = 4096;

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, pair))
		fail("socketpair");
	if (setsockopt(pair[0], SOL_SOCKET, SO_SNDBUF, &size, sizeof(size)))
		fail("SO_SNDBUF");
	writers[i] = pair[0];
	readers[i] = pair[1];
}

/* The first message goes through whole: from here on the shim knows the connection. */
static void open_and_greet(int i)
{
	uint8_t greeting[] = {0, 0, 0, 2, 'h', 'i'};

	open_pair(i);
	if (write(writers[i], greeting, sizeof(greeting)) != sizeof(greeting))
		fail("write");
	if (read(readers[i], greeting, sizeof(greeting)) != sizeof(greeting))
		fail("read");
}

static void write_more(int i)
{
	size_t left = MESSAGE - placed[i];
	ssize_t done = write(writers[i], message + placed[i], left);

	if (done >= 0)
		placed[i] += (size_t)done;
	if (done >= 0 && (size_t)done < left)
		short_counts++;
	if (done < 0 && errno == EAGAIN)
		would_block++;
	if (done < 0 && errno != EAGAIN)
		other_errors++;
}

static void read_some(int i)
{
	ssize_t done = read(readers[i], buffer, sizeof(buffer));

	if (done <= 0)
		return;
	if (memcmp(buffer, message + arrived[i], (size_t)done))
		wrong_bytes++;
	arrived[i] += (size_t)done;
}

static void fill_message(void)
{
	for (size_t i = 0; i < MESSAGE; i++)
		message[i] = (uint8_t)(i * 131 >> 3);
	memcpy(message, (uint8_t[]){0, 0, (MESSAGE - 4) >> 8, (MESSAGE - 4) & 0xff}, 4);
}

static unsigned long unfinished(void)
{
	unsigned long count = 0;

	for (int i = 0; i < PAIRS; i++)
		count += arrived[i] < MESSAGE;
	return count;
}

int main(int argc, char **argv)
{
	int before = argc > 1 ? atoi(argv[1]) : 0;

	raise_fd_limit();
	fill_message();
	for (int i = 0; i < before; i++)
		open_and_greet(i);
	take_memory_away();
	for (int i = before; i < PAIRS; i++)
		open_pair(i);
	for (int round = 0; round < 100 && unfinished(); round++)
		for (int i = 0; i < PAIRS; i++) {
			if (placed[i] < MESSAGE)
				write_more(i);
			if (placed[i] < MESSAGE)
				write_more(i);
			read_some(i);
		}
	for (int i = 0; i < PAIRS; i++)
		close(writers[i]);
	printf("%lu short counts, %lu would block, %lu other errors, %lu with wrong bytes, %lu unfinished\n",
	       short_counts, would_block, other_errors, wrong_bytes, unfinished());
	return 0;
}
