/* stdio_answers: what stdio says to a program, and what its peer gets. Prints nothing that differs between
 * two runs: bare and guarded, the output must be the same. */

#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include <wchar.h>

static FILE *answers;
static FILE *file;
static int writer, peer;

#define TELL(call)                                                                                     \
	do {                                                                                           \
		errno = 0;                                                                             \
		long long result = (long long)(call);                                                  \
		int error = errno;                                                                     \
		fprintf(answers, "%s = %lld errno %d\n", #call, result, error);                        \
		fprintf(answers, "\terror %d end %d fd %d\n", ferror(file), feof(file), fileno(file)); \
		tell_received();                                                                       \
	} while (0)

/* Length and sum of what the peer got. */
static void tell_received(void)
{
	unsigned char bytes[4096];
	unsigned long length = 0, sum = 0;
	ssize_t n;

	while ((n = recv(peer, bytes, sizeof(bytes), MSG_DONTWAIT)) > 0)
		for (ssize_t i = 0; i < n; i++)
			sum = sum * 31 + bytes[i], length++;
	fprintf(answers, "\tthe peer got %lu, sum %lx%s\n", length, sum, n == 0 ? ", and the end" : "");
}

static void open_file(const char *mode)
{
	int pair[2], size = 8192;

	if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair) != 0 ||
	    setsockopt(pair[0], SOL_SOCKET, SO_SNDBUF, &size, sizeof(size)) != 0)
		exit(2);
	writer = pair[0];
	peer = pair[1];
	file = fdopen(writer, mode);
	if (!file)
		exit(2);
}

static void close_file(void)
{
	fprintf(answers, "fclose = %d\n", fclose(file));
	tell_received();
	close(peer);
}

static char big[60000];
static wchar_t wide[] = L"wide \u00e4\u20ac characters\n";

/* Goes out whole or not at all. */
static char filler[1000] = {[999] = '\n'};

static void say_all(void)
{
	TELL(fwrite("bytes", 1, 5, file));
	TELL(fputs("a line\n", file));
	TELL(fprintf(file, "%d %s %5.2f\n", 42, "words", 3.14159));
	TELL(putc('c', file));
	TELL(fputc('\n', file));
	TELL(fflush(file));
	TELL(fwrite(big, 100, 50, file));
	TELL(fwrite("", 0, 1, file));
	TELL(ftell(file));
	TELL(fseek(file, 0, SEEK_SET));
	TELL(fflush(file));
	TELL(dprintf(writer, "%s and %d\n", "more", 7));
	TELL(fflush(NULL));
}

static void in_mode(int buffering, size_t size)
{
	open_file("w");
	TELL(setvbuf(file, NULL, buffering, size));
	say_all();
	TELL(fputs("in the buffer", file));
	close_file();
}

static void in_wide_characters(void)
{
	open_file("w");
	TELL(fwide(file, 1));
	TELL(fputws(wide, file));
	TELL(fwprintf(file, L"%ls %d\n", wide, 1));
	TELL(putwc(L'\u00e4', file));
	TELL(fputs("no bytes here", file));
	TELL(fflush(file));
	TELL(fputws(L"in the buffer", file));
	close_file();
}

static void reading_too(void)
{
	char line[64];

	open_file("r+");
	send(peer, "one\ntwo\nthree\n", 14, 0);
	TELL(fgets(line, sizeof(line), file) != NULL);
	TELL(ungetc('x', file));
	TELL(fgetc(file));
	TELL(fseek(file, 0, SEEK_CUR));
	TELL(fputs("answer", file));
	TELL(fflush(file));
	TELL(fseek(file, 0, SEEK_CUR));
	TELL(fgets(line, sizeof(line), file) != NULL);
	TELL(fputs("unflushed", file));
	close_file();
}

static void to_a_full_socket(void)
{
	open_file("w");
	fcntl(writer, F_SETFL, O_NONBLOCK);
	TELL(fwrite(big, 1, sizeof(big), file));
	close_file();
	open_file("w");
	fcntl(writer, F_SETFL, O_NONBLOCK);
	TELL(fputs("a line", file));
	while (send(writer, filler, sizeof(filler), MSG_DONTWAIT) > 0)
		;
	TELL(fflush(file));
	TELL(fflush(file));
	close_file();
}

static void to_nobody(void)
{
	open_file("w");
	close(peer);
	peer = dup(0);
	TELL(fputs("a line\n", file));
	TELL(fflush(file));
	TELL(fputs("another\n", file));
	TELL(dprintf(writer, "third\n"));
	close_file();
}

static void to_a_closed_number(void)
{
	open_file("w");
	TELL(fputs("a line\n", file));
	close(writer);
	TELL(fflush(file));
	close_file();
}

static void to_a_file_for_reading(void)
{
	open_file("r");
	TELL(fputs("a line\n", file));
	TELL(fflush(file));
	close_file();
}

static void reopened(void)
{
	open_file("w");
	TELL(fputs("a line\n", file));
	TELL(freopen("/dev/null", "w", file) == file);
	TELL(fputs("a line\n", file));
	close_file();
}

static void with_bad_modes(void)
{
	open_file("w");
	TELL(fdopen(writer, "x") != NULL);
	TELL(fdopen(999, "w") != NULL);
	close_file();
}

static void at_exit(void)
{
	open_file("w");
	setvbuf(file, NULL, _IOFBF, 1 << 16);
	TELL(fwrite(big, 1, 3000, file));
	TELL(fputs("in the buffer", stdout));
	exit(0);
}

int main(void)
{
	alarm(20);
	signal(SIGPIPE, SIG_IGN);
	setlocale(LC_ALL, "C.UTF-8");
	for (size_t i = 0; i < sizeof(big); i++)
		big[i] = (char)(i * 7);
	answers = stderr;
	in_mode(_IOFBF, 0);
	in_mode(_IOFBF, 256);
	in_mode(_IOLBF, 0);
	in_mode(_IONBF, 0);
	in_wide_characters();
	reading_too();
	to_a_full_socket();
	to_nobody();
	to_a_closed_number();
	to_a_file_for_reading();
	reopened();
	with_bad_modes();
	at_exit();
}
