#ifndef POISONSHIM_MEMORY_H
#define POISONSHIM_MEMORY_H

#include <stdbool.h>
#include <stddef.h>

/* How many bytes from `p` on can be read without a fault, at most `length`. One system call for two pages,
 * none in the heap that malloc has by brk(2). */
size_t memory_readable(const void *p, size_t length);

/* Where that heap begins. At start, before anybody but the dynamic loader has taken of it. */
void memory_start(void);

/* False if the kernel does not answer (a seccomp filter denies the question): then nothing counts as
 * readable. */
bool memory_can_tell(void);

#endif
