#ifndef POISONSHIM_MEMORY_H
#define POISONSHIM_MEMORY_H

#include <stddef.h>

/* How many bytes from `p` on can be read without a fault, at most `length`. One system call a page. */
size_t memory_readable(const void *p, size_t length);

#endif
