#include "process.h"

#include <errno.h>
#include <pthread.h>
#include <sys/mman.h>
#include <unistd.h>

#include "thread.h"

struct process_page process;
uint16_t process_epoch;

static void forget_process(void)
{
	atomic_store_explicit(&process.pid, 0, memory_order_relaxed);
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

	if (atomic_load_explicit(&process.pid, memory_order_relaxed) == 0) {
		process_epoch++;
		atomic_store_explicit(&process.pid, pid, memory_order_relaxed);
	}
	if (atomic_load_explicit(&process.pid, memory_order_relaxed) == pid)
		return true;
	thread_distrust();
	return false;
}
