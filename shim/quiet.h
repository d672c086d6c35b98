#ifndef POISONSHIM_QUIET_H
#define POISONSHIM_QUIET_H

#include <signal.h>

/* Writes of our own, to a file or a pipe, between quiet_begin() and quiet_end(). A reader that is gone gives
 * SIGPIPE, and a full quota of bytes SIGXFSZ: the program would die of what is not its own. write() has no
 * MSG_NOSIGNAL, and every thread would see it if they were ignored; so they are blocked in this thread, to
 * which the kernel sends them, and taken back. Nor may a cancelled thread end here, inside a guarded call. */
struct quiet {
	int cancel;
	sigset_t mask;
	sigset_t pending;
};

void quiet_begin(struct quiet *quiet);

/* `error` is the errno of a write that failed, or 0. */
void quiet_end(const struct quiet *quiet, int error);

#endif
