#include "report_parts.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <syslog.h>
#include <unistd.h>

#include "path.h"
#include "quiet.h"
#include "real.h"

/* Tests name another socket. */
#ifndef SINK_SYSLOG_PATH
#define SINK_SYSLOG_PATH _PATH_LOG
#endif

#define SINK_FD_CEILING 1024 /* a higher fd would make select()ing programs, and their tables, grow */
#define SINK_FD_ROOM 24	     /* how far below the ceiling the log's fd is looked for */

/* Never blocks: the log may be a FIFO that nobody reads. */
#define SINK_OPEN_FLAGS (O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY | O_NONBLOCK)
#define SINK_OPEN_MODE 0640

/* Written once, by sink_start(). */
static struct {
	enum log_sink kind;
	int fd; /* -1: none */
	dev_t device;
	ino_t inode;
	char path[sizeof(((struct log_config *)0)->path) * 2]; /* absolute */
} sink = {.fd = -1};

enum log_sink sink_kind(void)
{
	return sink.kind;
}

static void remember(int fd)
{
	struct stat status;

	sink.fd = fstat(fd, &status) == 0 ? fd : -1;
	if (sink.fd >= 0) {
		sink.device = status.st_dev;
		sink.inode = status.st_ino;
	}
}

/* Programs close every fd they do not know, and put connections where stderr was. */
static bool is_still_ours(void)
{
	struct stat status;

	return sink.fd >= 0 && fstat(sink.fd, &status) == 0 && status.st_dev == sink.device &&
	       status.st_ino == sink.inode;
}

static void start_stderr(void)
{
	sink.kind = LOG_SINK_STDERR;
	remember(STDERR_FILENO);
}

/* Where the log's fd may be, or -1 in a process that has too few of them. */
static int high_fd(void)
{
	struct rlimit limit = {0};
	rlim_t ceiling = SINK_FD_CEILING;

	if (getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < ceiling)
		ceiling = limit.rlim_cur;
	return ceiling >= 2 * SINK_FD_ROOM ? (int)ceiling - SINK_FD_ROOM : -1;
}

/* The program's lowest free fd numbers stay as they are without the log. Without a high one every line opens
 * the file. */
static void move_up(int fd)
{
	int high = real.fcntl(fd, F_DUPFD_CLOEXEC, high_fd());

	real.close(fd);
	remember(high);
}

static int start_file(const char *path)
{
	int fd = path_absolute(sink.path, sizeof(sink.path), path)
		     ? real.open(sink.path, SINK_OPEN_FLAGS, SINK_OPEN_MODE)
		     : -1;

	if (fd < 0)
		return errno;
	move_up(fd);
	return 0;
}

int sink_start(const struct log_config *log)
{
	int error = 0;

	sink.kind = log->sink;
	if (log->sink == LOG_SINK_FILE)
		error = start_file(log->path);
	if (log->sink == LOG_SINK_STDERR || error)
		start_stderr();
	return error;
}

/* A pipe that nobody reads must not stop the program at our line, and one whose reader is gone is worth no
 * try. */
static bool is_writable(int fd)
{
	struct pollfd ask = {.fd = fd, .events = POLLOUT};

	return real.poll(&ask, 1, 0) == 1 && ask.revents == POLLOUT;
}

/* Returns 0, or the errno of a write that failed. */
static int write_fd(int fd, const char *line, size_t n)
{
	return is_writable(fd) && real.write(fd, line, n) < 0 ? errno : 0;
}

/* The fd is gone, or someone else's: closefrom(), a daemon that puts its own fds there. */
static int write_reopened(const char *line, size_t n)
{
	int fd = real.open(sink.path, SINK_OPEN_FLAGS, SINK_OPEN_MODE);
	int error;

	if (fd < 0)
		return 0;
	error = write_fd(fd, line, n);
	real.close(fd);
	return error;
}

static int write_syslog(const char *line, size_t n)
{
	static const struct sockaddr_un address = {.sun_family = AF_UNIX, .sun_path = SINK_SYSLOG_PATH};
	int fd = real.socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return 0;
	real.sendto(fd, line, n, MSG_NOSIGNAL | MSG_DONTWAIT, (const struct sockaddr *)&address,
		    sizeof(address));
	real.close(fd);
	return 0;
}

static int write_line(const char *line, size_t n)
{
	if (sink.kind == LOG_SINK_SYSLOG)
		return write_syslog(line, n - 1); /* a datagram needs no newline */
	if (is_still_ours())
		return write_fd(sink.fd, line, n);
	return sink.kind == LOG_SINK_FILE ? write_reopened(line, n) : 0;
}

/* Only lines pay for this. */
void sink_write(const char *line, size_t n)
{
	int saved = errno;
	struct quiet quiet;

	quiet_begin(&quiet);
	quiet_end(&quiet, write_line(line, n));
	errno = saved;
}
