#include "process.h"

#include <errno.h>
#include <pthread.h>
#include <stddef.h>
#include <sys/mman.h>
#include <unistd.h>

#include "thread.h"

_Static_assert(offsetof(struct thread, fds) == sizeof(pid_t), "pid and fds[0] are a union process_word");

struct process_page process;
uint16_t process_epoch;

static void forget_process(void)
{
	process.idle.pid = 0;
}

void process_start(void)
{
	int saved = errno;

	/* Linux before 4.14, or pages larger than ours. */
	if (madvise(&process, sizeof(process), MADV_WIPEONFORK) != 0)
		pthread_atfork(NULL, NULL, forget_process);
	errno = saved;
	process_is_ours();
}

bool process_is_ours(void)
{
	pid_t pid = getpid();

	if (process.idle.pid == 0) {
		process_epoch++;
		process.idle.both = (union process_word){.pid = pid, .fd = THREAD_FD_FREE}.both;
	}
	if (process.idle.pid == pid)
		return true;
	thread_distrust();
	return false;
}
