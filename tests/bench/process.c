/* What a whole process costs: fds that come and go, memory, start-up. */

#include <err.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bench.h"

static void churn_once(const char *message, size_t size)
{
	int pair[2], copy;

	if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair) < 0 || write(pair[0], message, size) != (ssize_t)size)
		err(1, "socketpair");
	copy = dup(pair[0]);
	if (copy < 0 || close(copy) < 0 || close(pair[0]) < 0 || close(pair[1]) < 0)
		err(1, "close");
}

/* COUNT */
void command_churn(char **arguments)
{
	char *message = message_new(64);

	for (size_t i = number(arguments[0]); i > 0; i--)
		churn_once(message, 64);
	printf("%s\n", arguments[0]);
}

long memory_bytes(const char *line)
{
	FILE *file = fopen("/proc/self/smaps_rollup", "re");
	size_t length = strlen(line);
	char found[256];
	long kilobytes = -1;

	if (!file)
		err(1, "/proc/self/smaps_rollup");
	while (fgets(found, sizeof(found), file))
		if (strncmp(found, line, length) == 0 && sscanf(found + length, ": %ld", &kilobytes) == 1)
			break;
	fclose(file);
	return kilobytes * 1024;
}

size_t fds_within_limit(size_t wanted)
{
	size_t others = 32;
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) < 0)
		err(1, "getrlimit");
	limit.rlim_cur = limit.rlim_max;
	if (limit.rlim_max < wanted + others) {
		struct rlimit more = {wanted + others, wanted + others};

		if (setrlimit(RLIMIT_NOFILE, &more) == 0)
			return wanted;
	}
	setrlimit(RLIMIT_NOFILE, &limit);
	return wanted < limit.rlim_cur - others ? wanted : limit.rlim_cur - others;
}

void open_and_write_pair(int type, const char *message, size_t size, int pair[2])
{
	if (socketpair(AF_UNIX, type, 0, pair) < 0 || write(pair[0], message, size) != (ssize_t)size ||
	    write(pair[1], message, size) != (ssize_t)size)
		err(1, "socketpair");
}

/* pair|datagram COUNT; both ends are written to, so each pair is two streams or two other fds. */
void command_memory(char **arguments)
{
	int type = strcmp(arguments[0], "datagram") == 0 ? SOCK_DGRAM : SOCK_STREAM;
	size_t pairs = fds_within_limit(2 * number(arguments[1])) / 2;
	char *message = message_new(64);
	int pair[2];
	long before;

	open_and_write_pair(type, message, 64, pair);
	memory_bytes("Anonymous"); /* stdio's own buffers */
	before = memory_bytes("Anonymous");
	for (size_t i = 0; i < pairs; i++)
		open_and_write_pair(type, message, 64, pair);
	printf("%zu %ld %ld\n", 2 * pairs, memory_bytes("Anonymous") - before, memory_bytes("AnonHugePages"));
}

static double spawn_ns(char **environment)
{
	char *program[] = {"/bin/true", NULL};
	double start = now_ns();
	int status;
	pid_t child;

	if (posix_spawn(&child, program[0], NULL, NULL, program, environment) != 0 ||
	    waitpid(child, &status, 0) != child || status != 0)
		errx(1, "%s failed under %s", program[0], environment[0] ? environment[0] : "nothing");
	return now_ns() - start;
}

static double start_ns(const char *library)
{
	char preload[4096];
	char *environment[] = {NULL, NULL};

	if (!library)
		return spawn_ns(environment);
	snprintf(preload, sizeof(preload), "LD_PRELOAD=%s", library);
	environment[0] = preload;
	return spawn_ns(environment);
}

/* COUNT [LIBRARY...] */
void command_start(char **arguments)
{
	for (size_t i = number(arguments[0]); i > 0; i--) {
		printf("%.0f", start_ns(NULL));
		for (char **library = arguments + 1; *library; library++)
			printf(" %.0f", start_ns(*library));
		putchar('\n');
	}
}
