#include "wait.h"

#include <string.h>

#include "fdtable.h"
#include "memory.h"

static enum cut cause(int result)
{
	return result == 0 ? CUT_TIMEOUT : CUT_SIGNAL;
}

void wait_polled(const struct pollfd *fds, nfds_t count, int result)
{
	for (nfds_t i = 0; i < count; i++)
		if (fds[i].events & (POLLOUT | POLLWRNORM | POLLWRBAND))
			fdtable_waited(fds[i].fd, cause(result));
}

/* The kernel reads whole words, and none for fds that the process cannot have: `count` may be larger than the
 * set. */
void wait_keep(struct wait_set *kept, const fd_set *set, int count)
{
	size_t most = count < WAIT_FDS ? (size_t)(count > 0 ? count : 0) : WAIT_FDS;
	size_t bytes = (most + NFDBITS - 1) / NFDBITS * sizeof(fd_mask);
	size_t readable = memory_readable(set, bytes);

	memcpy(kept->masks, set, readable);
	kept->count = (int)(readable < bytes ? readable * 8 : most);
}

static bool has(const struct wait_set *kept, int fd)
{
	return kept->masks[fd / NFDBITS] >> fd % NFDBITS & 1;
}

void wait_selected(const struct wait_set *kept, int result)
{
	for (int fd = 0; fd < kept->count; fd++)
		if (has(kept, fd))
			fdtable_waited(fd, cause(result));
}
