#ifndef POISONSHIM_MEMORY_H
#define POISONSHIM_MEMORY_H

#include <stdbool.h>
#include <stddef.h>

/* How many bytes from `p` on can be read without a fault, at most `length`. One system call for two pages. */
size_t memory_readable(const void *p, size_t length);

/* False if the kernel does not answer (a seccomp filter denies the question): then nothing counts as
 * readable. */
bool memory_can_tell(void);

#endif
