/* What the tests of the log call. */

#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "../../shim/real.h"
#include "../../shim/report_parts.h"

/* The layouts that the tests repeat. */
const size_t driver_sizes[] = {sizeof(struct report), sizeof(struct log_config), sizeof(struct line)};

/* The time that the log sees; 0: the real one. */
int64_t driver_seconds;

/* Stands in for libc's in this library. */
int clock_gettime(clockid_t clock, struct timespec *now)
{
	if (!driver_seconds)
		return (int)syscall(SYS_clock_gettime, clock, now);
	*now = (struct timespec){.tv_sec = driver_seconds, .tv_nsec = 789999999};
	return 0;
}

/* How many write calls there were since driver_watch_writes(). */
unsigned driver_writes;

/* Closed just before the next write: the reader of a pipe. */
int driver_doomed = -1;

static ssize_t watched_write(int fd, const void *bytes, size_t n)
{
	driver_writes++;
	if (driver_doomed >= 0)
		close(driver_doomed);
	return write(fd, bytes, n);
}

void driver_watch_writes(void)
{
	real_resolve();
	real.write = watched_write;
}
