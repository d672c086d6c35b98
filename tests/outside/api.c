/* Messages with poisonshim.h in C; says what it sees. api.bats */

#include "poisonshim.h"

#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

static char told[40];

static void tell(int fd, const char *why)
{
	snprintf(told, sizeof(told), fd >= 0 ? "told:%s" : "closed:%s", why);
}

static const char *word(int fd)
{
	static const char *const words[] = {"none", "clean", "off", "inside", "torn", "poisoned"};

	return words[poisonshim_state(fd)];
}

static int begin(int fd)
{
	return poisonshim_begin(fd) == 0 ? 0 : errno;
}

static void put(int fd, const char *text)
{
	if (write(fd, text, 2) != 2)
		printf("refused ");
}

/* 0, or -1 and it is abandoned. */
static int send_message(int fd, int is_whole)
{
	POISONSHIM_MESSAGE(message, fd);
	if (message.error)
		return -1;
	put(fd, "ab");
	printf("%s ", word(fd));
	if (!is_whole) {
		errno = 0;
		return -1;
	}
	put(fd, "cd");
	return poisonshim_finish(&message);
}

int main(void)
{
	int pair[2];

	if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair) != 0 || poisonshim_on_poison(tell) != 0)
		return 1;
	printf("%s ", word(pair[0]));
	if (send_message(pair[0], 1) != 0)
		return 2;
	printf("%s ", word(pair[0]));
	if (send_message(pair[0], 0) != -1 || errno != 0)
		return 3;
	printf("%d %s %d %s ", begin(pair[0]), word(pair[0]), begin(pair[0]), *told ? told : "untold");
	{
		POISONSHIM_MESSAGE(message, pair[1]);
		printf("%s ", poisonshim_finish(&message) == 0 ? "finished" : "unfinished");
		if (poisonshim_finish(&message) != -1 || errno != EPIPE)
			return 4;
	}
	printf("%d ", begin(pair[1]));
	puts(poisonshim_end(pair[1]) == 0 ? "ended" : "not ended");
	return 0;
}
