/* stdio SCENE [FUNCTION]: streams that stdio writes to. */

#include "../guard/scene.h"

#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <wchar.h>

#include "../guard/play.h"
#include "stdio_puts.h"

#define LENGTH (MESSAGE_LENGTH - 1)

static struct wire wire;
static char *text;

static FILE *file_of(int fd)
{
	FILE *file = fdopen(fd, "w");

	CHECK(file);
	CHECK(fileno(file) == fd);
	return file;
}

static put_text_function *put;

static void check_got_part_of_text(void)
{
	char *got = malloc(MESSAGE_LENGTH);
	size_t length = wire_drain(wire, (uint8_t *)got, MESSAGE_LENGTH);

	CHECK(length > 0 && length < LENGTH);
	CHECK(memcmp(got, text, length) == 0);
	CHECK(wire_drain(wire, (uint8_t *)got, MESSAGE_LENGTH) == 0);
}

static void set_nonblocking(int fd)
{
	CHECK(fcntl(fd, F_SETFL, O_NONBLOCK) == 0);
}

static void a_cut_message_is_followed_by_nothing(void)
{
	FILE *file = file_of(wire.writer);

	set_nonblocking(wire.writer);
	errno = 0;
	CHECK(!put(file, text));
	check_got_part_of_text();
	errno = 0;
	CHECK(!put(file_of(wire.writer), "another\n") && errno == EPIPE);
	wire_check_poisoned(wire);
	CHECK(wire_drain(wire, (uint8_t[1]){0}, 1) == 0);
}

/* Only stdio writes: its own next write is seen as what it is. */
static void whole_messages_pass(void)
{
	FILE *file = file_of(wire.writer);
	char got[64];

	for (int i = 0; i < 3; i++) {
		CHECK(put(file, "some text"));
		ssize_t n = recv(wire.peer, got, sizeof(got), 0);
		CHECK(n >= 9 && memcmp(got, "some text", 9) == 0);
	}
	wire_check_usable(wire);
}

static volatile int counted;

static void count(int signal)
{
	(void)signal;
	counted++;
}

/* Pokes this thread once it is blocked, then reads the text to its end. */
static pid_t start_reader(void)
{
	pid_t pid = getpid(), reader = fork();
	char *got = malloc(MESSAGE_LENGTH);

	CHECK(reader >= 0);
	if (reader > 0)
		return reader;
	scene_start();
	await_blocked_in(pid, pid, wire);
	CHECK(kill(pid, SIGUSR1) == 0);
	wire_read(wire, (uint8_t *)got, LENGTH);
	CHECK(memcmp(got, text, LENGTH) == 0);
	_exit(0);
}

/* The kernel says a short count after the signal, and stdio itself goes on. */
static void stdio_goes_on_after_a_signal(void)
{
	FILE *file = file_of(wire.writer);
	pid_t reader;
	int status;

	setvbuf(file, NULL, _IONBF, 0);
	handle(SIGUSR1, count, 0);
	reader = start_reader();
	CHECK(put(file, text));
	CHECK(counted == 1);
	CHECK(waitpid(reader, &status, 0) == reader && status == 0);
	wire_check_usable(wire);
}

static FILE *nested;

static void write_here(int signal)
{
	(void)signal;
	counted++;
	errno = 0;
	CHECK(fputs("nested", nested) == EOF && errno == EPIPE);
}

static void a_handler_that_writes_below_stdio_is_refused(void)
{
	FILE *file = file_of(wire.writer);
	pid_t reader;
	int status;

	setvbuf(file, NULL, _IONBF, 0);
	nested = file_of(wire.writer);
	setvbuf(nested, NULL, _IONBF, 0);
	handle(SIGUSR1, write_here, 0);
	reader = start_reader();
	CHECK(put(file, text));
	CHECK(counted == 1);
	CHECK(waitpid(reader, &status, 0) == reader && status == 0);
	wire_check_usable(wire);
}

/* Each with a FILE of its own for one stream: whole messages stay whole. */

#define CROWD 4
#define MESSAGES 40
#define BYTES 3000

static void *print_messages(void *number)
{
	FILE *file = file_of(dup(wire.writer));
	char bytes[BYTES + 1];

	memset(bytes, 'a' + *(int *)number, BYTES);
	bytes[BYTES - 1] = '\n';
	bytes[BYTES] = 0;
	for (int i = 0; i < MESSAGES; i++)
		CHECK(put(file, bytes));
	return NULL;
}

static void messages_of_many_threads_stay_whole(void)
{
	static int numbers[CROWD] = {0, 1, 2, 3};
	pthread_t crowd[CROWD];
	char bytes[BYTES];

	for (int i = 0; i < CROWD; i++)
		CHECK(pthread_create(&crowd[i], NULL, print_messages, &numbers[i]) == 0);
	for (int i = 0; i < CROWD * MESSAGES; i++) {
		wire_read(wire, (uint8_t *)bytes, BYTES);
		for (int at = 0; at < BYTES - 1; at++)
			CHECK(bytes[at] == bytes[0]);
		CHECK(bytes[BYTES - 1] == '\n');
	}
	for (int i = 0; i < CROWD; i++)
		CHECK(pthread_join(crowd[i], NULL) == 0);
}

static void *put_whole_text(void *file)
{
	CHECK(put(file, text));
	return NULL;
}

static void nobody_waits_for_a_flush_to_another_stream(void)
{
	struct wire blocked = wire;
	pthread_t thread;
	FILE *file = file_of(blocked.writer);

	CHECK(pthread_create(&thread, NULL, put_whole_text, file) == 0);
	while (poll(&(struct pollfd){.fd = blocked.peer, .events = POLLIN}, 1, -1) != 1)
		;
	wire = wire_open();
	CHECK(put(file_of(wire.writer), "some text"));
	wire_read(wire, (uint8_t[9]){0}, 9);
	wire_read(blocked, (uint8_t *)malloc(LENGTH), LENGTH);
	CHECK(pthread_join(thread, NULL) == 0);
}

/* In a child, whose end flushes. */
static void leave_to_exit(void (*ending)(void))
{
	pid_t child = fork();
	int status;

	CHECK(child >= 0);
	if (child == 0) {
		ending();
		exit(0);
	}
	CHECK(waitpid(child, &status, 0) == child);
	CHECK(status == 0);
}

static void leave_another_in_the_buffer(void)
{
	CHECK(fputs("another", file_of(wire.writer)) >= 0);
}

static void the_flush_at_exit_is_refused(void)
{
	set_nonblocking(wire.writer);
	CHECK(write(wire.writer, text, LENGTH) > 0);
	check_got_part_of_text();
	leave_to_exit(leave_another_in_the_buffer);
	CHECK(wire_drain(wire, (uint8_t[1]){0}, 1) == 0);
}

static void a_message_left_to_exit_arrives(void)
{
	char got[8];

	leave_to_exit(leave_another_in_the_buffer);
	wire_read(wire, (uint8_t *)got, 7);
	CHECK(memcmp(got, "another", 7) == 0);
}

static void the_flush_of_fclose_is_refused(void)
{
	FILE *file = file_of(dup(wire.writer));

	set_nonblocking(wire.writer);
	CHECK(write(wire.writer, text, LENGTH) > 0);
	check_got_part_of_text();
	CHECK(fputs("another", file) >= 0);
	errno = 0;
	CHECK(fclose(file) == EOF && errno == EPIPE);
	CHECK(wire_drain(wire, (uint8_t[1]){0}, 1) == 0);
}

/* The test finds the line that says so. */
static void tear(void)
{
	set_nonblocking(wire.writer);
	CHECK(write(wire.writer, text, LENGTH) > 0);
}

static void fclose_ends_the_stream(void)
{
	FILE *file = file_of(wire.writer);

	tear();
	CHECK(fclose(file) == 0);
	CHECK(fcntl(wire.writer, F_GETFD) == -1 && errno == EBADF);
}

static void fclose_of_a_wide_file_ends_the_stream(void)
{
	FILE *file = file_of(wire.writer);

	CHECK(fwide(file, 1) > 0);
	tear();
	CHECK(fclose(file) == 0);
}

static void fclose_of_a_reader_ends_the_stream(void)
{
	FILE *file = fdopen(wire.writer, "r");

	tear();
	CHECK(file && fclose(file) == 0);
}

/* Other names for fdopen and fclose. */
FILE *_IO_fdopen(int fd, const char *mode);
int _IO_fclose(FILE *file);

static void _IO_fdopen_makes_a_stream(void)
{
	FILE *file = _IO_fdopen(wire.writer, "w");

	CHECK(file && fclose(file) == 0);
}

static void _IO_fclose_of_a_reader_ends_the_stream(void)
{
	FILE *file = fdopen(wire.writer, "r");

	tear();
	CHECK(file && _IO_fclose(file) == 0);
}

static void reopen(FILE *reopener(const char *, const char *, FILE *))
{
	FILE *file = file_of(wire.writer);

	tear();
	CHECK(reopener("/dev/null", "w", file) == file);
	CHECK(fputs("a line\n", file) >= 0 && fflush(file) == 0);
	CHECK(fclose(file) == 0);
}

static void freopen_ends_the_stream(void)
{
	reopen(freopen);
}

#ifdef __GLIBC__
#undef freopen64
static void freopen64_ends_the_stream(void)
{
	reopen(freopen64);
}
#endif

static void reopen_in_vain(FILE *reopener(const char *, const char *, FILE *))
{
	FILE *file = file_of(wire.writer);

	tear();
	errno = 0;
	CHECK(!reopener("/nowhere/at/all", "w", file) && errno == ENOENT);
	CHECK(fcntl(wire.writer, F_GETFD) == -1);
}

static void freopen_that_fails_ends_the_stream(void)
{
	reopen_in_vain(freopen);
}

#ifdef __GLIBC__
static void freopen64_that_fails_ends_the_stream(void)
{
	reopen_in_vain(freopen64);
}
#endif

static void a_file_that_reads_and_writes(void)
{
	FILE *file = fdopen(wire.writer, "r+");
	char line[32];

	CHECK(file && setvbuf(file, NULL, _IOLBF, 256) == 0);
	for (int i = 0; i < 3; i++) {
		CHECK(send(wire.peer, "question\n", 9, 0) == 9);
		CHECK(fgets(line, sizeof(line), file) && strcmp(line, "question\n") == 0);
		fseek(file, 0, SEEK_CUR);
		CHECK(fputs("answer\n", file) >= 0);
		CHECK(recv(wire.peer, line, sizeof(line), 0) == 7);
		CHECK(memcmp(line, "answer\n", 7) == 0);
		fseek(file, 0, SEEK_CUR);
	}
	set_nonblocking(wire.writer);
	CHECK(!put(file, text));
	check_got_part_of_text();
	wire_check_poisoned(wire);
	CHECK(fcntl(wire.writer, F_SETFL, 0) == 0);
	CHECK(send(wire.peer, "question\n", 9, 0) == 9);
	clearerr(file);
	CHECK(fgets(line, sizeof(line), file) && strcmp(line, "question\n") == 0);
}

/* Without a FILE of the program's. */

static void with_dprintf(void)
{
	CHECK(dprintf(wire.writer, "%s", "some text") == 9);
}

static int print(const char *format, ...) __attribute__((format(printf, 1, 2)));
static int print(const char *format, ...)
{
	va_list list;

	va_start(list, format);
	int n = vdprintf(wire.writer, format, list);
	va_end(list);
	return n;
}

static void with_vdprintf(void)
{
	CHECK(print("%s", "some text") == 9);
}

#ifdef __GLIBC__

int __dprintf_chk(int fd, int flag, const char *format, ...);
int __vdprintf_chk(int fd, int flag, const char *format, va_list list);

static void with___dprintf_chk(void)
{
	CHECK(__dprintf_chk(wire.writer, 1, "%s", "some text") == 9);
}

static int print_checked(const char *format, ...)
{
	va_list list;

	va_start(list, format);
	int n = __vdprintf_chk(wire.writer, 1, format, list);
	va_end(list);
	return n;
}

static void with___vdprintf_chk(void)
{
	CHECK(print_checked("%s", "some text") == 9);
}

#endif

/* Ruled as fd:1. */
static void stdout_is_guarded_by_a_rule(void)
{
	CHECK(dup2(wire.writer, 1) == 1);
	set_nonblocking(1);
	CHECK(printf("%s", text) < 0 || fflush(stdout) == EOF);
	check_got_part_of_text();
	CHECK((printf("another") < 0 || fflush(stdout) == EOF) && errno == EPIPE);
	CHECK(puts("another") < 0 || (fflush(stdout) == EOF && errno == EPIPE));
	CHECK(wire_drain(wire, (uint8_t[1]){0}, 1) == 0);
	close(1);
}

/* Calls that do not come back. They leave dprintf's FILE in libc's list, on a stack that is gone: no exit().
 */

static sigjmp_buf landing;

static void jump(int signal)
{
	siglongjmp(landing, signal);
}

static void a_jump_out_of_a_flush(void)
{
	FILE *file = file_of(wire.writer);

	handle(SIGUSR1, jump, 0);
	poke_when_blocked(wire, SIGUSR1);
	if (sigsetjmp(landing, 1) == 0)
		put(file, text);
	check_got_part_of_text();
	wire_check_poisoned(wire);
	_exit(0);
}

static _Atomic pid_t tid;

static void *put_text(void *file)
{
	tid = gettid();
	put(file, text);
	return NULL;
}

static void end_thread_by(void (*end)(pthread_t))
{
	FILE *file = file_of(wire.writer);
	pthread_t thread;

	CHECK(pthread_create(&thread, NULL, put_text, file) == 0);
	while (!tid)
		sched_yield();
	await_blocked(tid, wire);
	end(thread);
	CHECK(pthread_join(thread, NULL) == 0);
	check_got_part_of_text();
	wire_check_poisoned(wire);
	_exit(0);
}

static void cancel(pthread_t thread)
{
	CHECK(pthread_cancel(thread) == 0);
}

static void a_thread_cancelled_in_a_flush(void)
{
	end_thread_by(cancel);
}

static void leave(int signal)
{
	(void)signal;
	pthread_exit(NULL);
}

static void poke(pthread_t thread)
{
	handle(SIGUSR1, leave, 0);
	CHECK(pthread_kill(thread, SIGUSR1) == 0);
}

static void a_thread_that_exits_in_a_flush(void)
{
	end_thread_by(poke);
}

static const struct scene scenes[] = {
    SCENE(a_cut_message_is_followed_by_nothing),
    SCENE(whole_messages_pass),
    SCENE(stdio_goes_on_after_a_signal),
    SCENE(a_handler_that_writes_below_stdio_is_refused),
    SCENE(messages_of_many_threads_stay_whole),
    SCENE(nobody_waits_for_a_flush_to_another_stream),
    SCENE(the_flush_at_exit_is_refused),
    SCENE(a_message_left_to_exit_arrives),
    SCENE(the_flush_of_fclose_is_refused),
    SCENE(fclose_ends_the_stream),
    SCENE(fclose_of_a_wide_file_ends_the_stream),
    SCENE(fclose_of_a_reader_ends_the_stream),
    SCENE(_IO_fclose_of_a_reader_ends_the_stream),
    SCENE(_IO_fdopen_makes_a_stream),
    SCENE(freopen_ends_the_stream),
#ifdef __GLIBC__
    SCENE(freopen64_ends_the_stream),
    SCENE(freopen64_that_fails_ends_the_stream),
#endif
    SCENE(freopen_that_fails_ends_the_stream),
    SCENE(a_file_that_reads_and_writes),
    SCENE(with_dprintf),
    SCENE(with_vdprintf),
#ifdef __GLIBC__
    SCENE(with___dprintf_chk),
    SCENE(with___vdprintf_chk),
#endif
    SCENE(stdout_is_guarded_by_a_rule),
    SCENE(a_jump_out_of_a_flush),
    SCENE(a_thread_cancelled_in_a_flush),
    SCENE(a_thread_that_exits_in_a_flush),
};

static void make_text(void)
{
	text = malloc(LENGTH + 1);
	for (size_t i = 0; i < LENGTH; i++)
		text[i] = (char)('a' + (i * 7 + (i >> 8) * 3) % 26);
	text[LENGTH] = 0;
}

int main(int argc, char **argv)
{
	wire = wire_open();
	make_text();
	put = stdio_put_named(argc > 2 ? argv[2] : "fwrite");
	signal(SIGPIPE, SIG_IGN);
	return scene_play(scenes, sizeof(scenes) / sizeof(scenes[0]), argc, argv);
}
