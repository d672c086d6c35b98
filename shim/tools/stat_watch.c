#include "stat.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

static volatile sig_atomic_t ended_by;

static void end(int number)
{
	ended_by = number;
}

/* A new size of the window only ends the wait. */
static void look_again(int number)
{
	(void)number;
}

static void handle(int number, void (*handler)(int))
{
	struct sigaction action = {.sa_handler = handler};

	sigaction(number, &action, NULL);
}

static struct {
	struct termios before;
	bool changed;
} keyboard;

/* Another screen, without a cursor; keys come at once and unseen. Stopping would leave the terminal so. */
static void enter_screen(void)
{
	struct termios raw;

	if (tcgetattr(STDIN_FILENO, &keyboard.before) == 0) {
		raw = keyboard.before;
		raw.c_lflag &= ~(tcflag_t)(ICANON | ECHO);
		raw.c_cc[VSUSP] = _POSIX_VDISABLE;
		raw.c_cc[VMIN] = 1;
		raw.c_cc[VTIME] = 0;
		keyboard.changed = tcsetattr(STDIN_FILENO, TCSANOW, &raw) == 0;
	}
	fputs("\033[?1049h\033[?25l", stdout);
}

static void leave_screen(void)
{
	fputs("\033[?25h\033[?1049l", stdout);
	fflush(stdout);
	if (keyboard.changed)
		tcsetattr(STDIN_FILENO, TCSANOW, &keyboard.before);
}

static struct winsize window(void)
{
	struct winsize size = {0};

	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || !size.ws_row || !size.ws_col)
		size = (struct winsize){.ws_row = 24, .ws_col = 80};
	return size;
}

/* As many lines as fit; none is longer than the window, or it would take two. */
static void show_lines(const char *text, const struct winsize *size)
{
	unsigned row = 1;

	fputs("\033[H", stdout);
	for (const char *line = text; *line && row <= size->ws_row; row++) {
		size_t n = strcspn(line, "\n");
		const char *next = line + n + (line[n] == '\n');

		if (row == size->ws_row && *next)
			printf("%.*s\033[K", size->ws_col, "...");
		else
			printf("%.*s\033[K%s", n > size->ws_col ? size->ws_col : (int)n, line,
			       row < size->ws_row ? "\n" : "");
		line = next;
	}
	fputs("\033[J", stdout);
	fflush(stdout);
}

static void write_title(FILE *out, const char *directory, unsigned seconds)
{
	time_t now = time(NULL);
	char when[32];
	struct tm tm;

	strftime(when, sizeof(when), "%H:%M:%S", localtime_r(&now, &tm));
	fprintf(out, "%s  poisonstat, every %u s; q ends  %s\n\n", when, seconds, directory);
}

/* False: the directory cannot be read; what the terminal was it is again, for the message. */
static bool show(const char *directory, unsigned seconds)
{
	struct winsize size = window();
	struct stat_view view = {.directory = directory};
	char *text = NULL, *messages = NULL;
	size_t length, messages_length;
	FILE *out = open_memstream(&text, &length);
	bool collected;

	view.messages = open_memstream(&messages, &messages_length);
	if (!out || !view.messages)
		return false;
	collected = stat_collect(&view);
	fclose(view.messages);
	write_title(out, directory, seconds);
	stat_table(&view, out, size.ws_col >= STAT_WIDE);
	fprintf(out, "%s%s", *messages ? "\n" : "", messages);
	fclose(out);
	if (collected)
		show_lines(text, &size);
	else
		leave_screen();
	fputs(collected ? "" : messages, stderr);
	stat_forget(&view);
	free(text);
	free(messages);
	return collected;
}

/* Signals come only while we wait: one that came just before would be forgotten. */
static void block_signals(sigset_t *before)
{
	sigset_t block;

	sigemptyset(&block);
	sigaddset(&block, SIGINT);
	sigaddset(&block, SIGTERM);
	sigaddset(&block, SIGHUP);
	sigaddset(&block, SIGWINCH);
	sigprocmask(SIG_BLOCK, &block, before);
}

/* True: go on. Without a keyboard only a signal ends it. */
static bool wait_for_key(unsigned seconds, const sigset_t *mask)
{
	struct pollfd ask = {.fd = keyboard.changed ? STDIN_FILENO : -1, .events = POLLIN};
	const struct timespec timeout = {.tv_sec = seconds};
	char key = 0;

	if (ppoll(&ask, 1, &timeout, mask) <= 0 || !(ask.revents & POLLIN))
		return !(ask.revents & (POLLHUP | POLLERR));
	return read(STDIN_FILENO, &key, 1) == 1 && key != 'q' && key != 'Q';
}

int stat_watch(const char *directory, unsigned seconds)
{
	bool shown = true;
	sigset_t mask;

	if (!isatty(STDOUT_FILENO)) {
		fputs("poisonstat: --watch: expected a terminal as standard output\n", stderr);
		return 2;
	}
	block_signals(&mask);
	handle(SIGINT, end);
	handle(SIGTERM, end);
	handle(SIGHUP, end);
	handle(SIGWINCH, look_again);
	enter_screen();
	do {
		shown = show(directory, seconds);
	} while (shown && !ended_by && wait_for_key(seconds, &mask) && !ended_by);
	if (shown)
		leave_screen();
	if (ended_by && ended_by != SIGINT) {
		handle(ended_by, SIG_DFL);
		sigprocmask(SIG_SETMASK, &mask, NULL);
		raise(ended_by);
	}
	return shown ? 0 : 2;
}
