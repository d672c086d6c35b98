/* bench: the program that is measured bare, under the forwarding shim and under poisonshim (see
 * scripts/bench). */

#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "bench.h"

/* A measurement that hangs is worth less than one that fails. */
#define LONGEST_RUN_SECONDS 120

static const struct command {
	const char *name;
	void (*run)(char **arguments);
	int arguments; /* at least */
	const char *usage;
} commands[] = {
    {"write", command_write, 4,
     "write FUNCTION TARGET SIZE BATCHES [threaded] [message=FILE] [prologue=FILE]   prints the number of "
     "writes and the median ns of one"},
    {"torn", command_torn, 2,
     "torn SIZE MESSAGES   tears messages; two counted writes each: the one cut and its first resumption"},
    {"wait", command_wait, 2, "wait poll|poll-in-vain|select COUNT   waits for a stream inside no message"},
    {"guarded", command_guarded, 0,
     "guarded [message=FILE] [prologue=FILE]   prints yes if a write that is not the rest of a cut message "
     "is refused, no if it is sent"},
    {"refused", command_refused, 2,
     "refused TARGET COUNT   the first refused write of each of so many connections: prints COUNT and the "
     "median ns"},
    {"churn", command_churn, 1, "churn COUNT   socketpair, one write, dup, three closes"},
    {"memory", command_memory, 2,
     "memory pair|datagram COUNT   prints fds, bytes of memory they took, and the process has in huge pages"},
    {"fds", command_fds, 2,
     "fds COUNT ROUNDS [one]   streams; prints the writes and the median ns of one, on any or always the "
     "same stream"},
    {"threads", command_threads, 2,
     "threads COUNT BATCHES [APART]   a stream each, with so many others between; prints CPU ns of a write "
     "and "
     "writes a second"},
    {"transfer", command_transfer, 3,
     "transfer TARGET MEMORY BYTES   (heap, mapped) through a small buffer; prints bytes and the ns of CPU "
     "that it took"},
    {"forked", command_forked, 3,
     "forked FDS WRITES ROUNDS   prints fds, the median ns from fork to the child's end, and bytes that a "
     "child "
     "which writes on so many streams has for itself"},
    {"lines", command_lines, 1,
     "lines COUNT   a thread and a stream each; prints for each which addresses it wrote to before and "
     "behind a "
     "write, and one of its stack"},
    {"start", command_start, 1,
     "start COUNT [LIBRARY...]   ns from fork to the end of /bin/true: bare, then preloaded; a line a round"},
};

#define COMMANDS (sizeof(commands) / sizeof(*commands))

size_t number(const char *text)
{
	char *end;
	unsigned long value = strtoul(text, &end, 10);

	if (*end || value == 0)
		errx(2, "expected a positive number, found '%s'", text);
	return value;
}

double clock_ns(clockid_t clock)
{
	struct timespec now;

	clock_gettime(clock, &now);
	return (double)now.tv_sec * 1e9 + (double)now.tv_nsec;
}

double now_ns(void)
{
	return clock_ns(CLOCK_MONOTONIC);
}

static int usage(void)
{
	for (size_t i = 0; i < COMMANDS; i++)
		fprintf(stderr, "bench %s\n", commands[i].usage);
	return 2;
}

int main(int argc, char **argv)
{
	alarm(LONGEST_RUN_SECONDS);
	for (size_t i = 0; argc > 1 && i < COMMANDS; i++) {
		if (strcmp(argv[1], commands[i].name) == 0 && argc - 2 >= commands[i].arguments) {
			commands[i].run(argv + 2);
			return 0;
		}
	}
	return usage();
}
