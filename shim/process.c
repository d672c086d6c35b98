#include "process.h"

#include <errno.h>
#include <pthread.h>
#include <stddef.h>
#include <sys/mman.h>
#include <unistd.h>

#include "sandbox.h"
#include "stats.h"
#include "thread.h"

_Static_assert(offsetof(struct thread, fds) == sizeof(pid_t), "pid and fds[0] are a union process_word");

struct process_page process;
uint16_t process_epoch;

/* At once: a vfork child of a forked child must not find the wiped page, and take the memory for its own. And
 * at start: an earlier constructor may have forked before the page was to be wiped. */
void process_adopt(void)
{
	process.idle.pid = 0;
	process_is_ours();
}

void process_start(void)
{
	int saved = errno;

	/* For children that fork() did not make: a raw clone, _Fork(). */
	madvise(&process, sizeof(process), MADV_WIPEONFORK);
	pthread_atfork(NULL, NULL, process_adopt);
	errno = saved;
	process_adopt();
}

bool process_is_ours(void)
{
	if (sandbox_holds())
		return true;

	pid_t pid = getpid();

	if (process.idle.pid == 0) {
		process_epoch++;
		stats_forked();
		process.idle.both = (union process_word){.pid = pid, .fd = THREAD_FD_FREE}.both;
	}
	if (process.idle.pid == pid)
		return true;
	thread_distrust();
	return false;
}
