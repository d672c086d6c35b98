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
static bool can_read(uintptr_t address)
{
	/* A set at address 0 is no set: that call succeeds. */
	return real.syscall(SYS_rt_sigprocmask, ~0, address, NULL, KERNEL_SIGSET) != 0 && errno == EINVAL;
}

#ifdef __GLIBC__
static uintptr_t heap_start = UINTPTR_MAX;

void memory_start(void)
{
	heap_start = (uintptr_t)real.sbrk(0); /* UINTPTR_MAX if there is none */
}

/* What came from brk(2) is no file that could become shorter, and only ends where it says. The question is
 * no system call: glibc keeps the answer. */
static bool is_heap(uintptr_t at, size_t length)
{
	uintptr_t end = at >= heap_start ? (uintptr_t)real.sbrk(0) : 0;

	return at < end && length <= end - at;
}
#else
void memory_start(void)
{
}

static bool is_heap(uintptr_t at, size_t length)
{
	(void)at;
	(void)length;
	return false;
}
#endif

/* Behind the page of `address`; the last one ends a byte early. */
static uintptr_t end_of_page(uintptr_t address)
{
	uintptr_t last = address | (PAGE - 1);

	return last == UINTPTR_MAX ? last : last + 1;
}

static bool can_read_page(uintptr_t at)
{
	return can_read(at & ~(uintptr_t)(KERNEL_SIGSET - 1));
}

/* How far it can be read from `at` on: to the end of its page, or of the next if that is wanted too, for one
 * question about bytes on both sides of a boundary is about both pages. */
static uintptr_t readable_end(uintptr_t at, uintptr_t end)
{
	uintptr_t next = end_of_page(at);

	if (next < end && can_read(next - KERNEL_SIGSET / 2))
		return end_of_page(next);
	return can_read_page(at) ? next : at;
}

static size_t ask(uintptr_t p, size_t length)
{
	uintptr_t at = p, end = at + length, from;

	if (end < at)
		end = UINTPTR_MAX;
	do {
		from = at;
		if (at < end)
			at = readable_end(at, end);
	} while (at != from);
	return (at < end ? at : end) - p;
}

static bool is_on_one_page(uintptr_t at, size_t length)
{
	return length <= PAGE - (at & (PAGE - 1));
}

size_t memory_readable(const void *p, size_t length)
{
	uintptr_t at = (uintptr_t)p;

	if (length == 0 || is_heap(at, length))
		return length;
	int saved = errno;
	if (!is_on_one_page(at, length))
		length = ask(at, length);
	else if (!can_read_page(at))
		length = 0;
	errno = saved;
	return length;
}

bool memory_can_tell(void)
{
	uint64_t own = 0;

	return memory_readable(&own, sizeof(own)) == sizeof(own);
}
