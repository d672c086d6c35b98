/* tell FD: what becomes of a write to an inherited fd; prints "sent" or "refused". Also built as a static
 * program, which no loader gives a guard. */

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	alarm(20);
	signal(SIGPIPE, SIG_IGN);
	if (argc != 2)
		return 2;
	ssize_t result = write(atoi(argv[1]), "unseen", 6);
	puts(result == 6 ? "sent" : errno == EPIPE ? "refused" : strerror(errno));
	return 0;
}
