#include "memory.h"

#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "real.h"

#define PAGE ((uintptr_t)4096) /* the smallest on any Linux: probing too often is only slower */
#define KERNEL_SIGSET 8

/* rt_sigprocmask copies the new set before it looks at `how`: EINVAL says the 8 bytes could be read, EFAULT
 * that they could not (kernel/signal.c). Unlike process_vm_readv every seccomp profile allows it. */
static bool page_readable(uintptr_t address)
{
	uintptr_t word = address & ~(uintptr_t)(KERNEL_SIGSET - 1);

	/* A set at address 0 is no set: that call succeeds. */
	return real.syscall(SYS_rt_sigprocmask, ~0, word, NULL, KERNEL_SIGSET) != 0 && errno == EINVAL;
}

size_t memory_readable(const void *p, size_t length)
{
	uintptr_t at = (uintptr_t)p, end = at + length;
	int saved = errno;

	if (end < at)
		end = UINTPTR_MAX;
	while (at < end && page_readable(at))
		at = (at | (PAGE - 1)) + 1 ? (at | (PAGE - 1)) + 1 : UINTPTR_MAX;
	errno = saved;
	return (at < end ? at : end) - (uintptr_t)p;
}

bool memory_can_tell(void)
{
	uint64_t own = 0;

	return memory_readable(&own, sizeof(own)) == sizeof(own);
}
