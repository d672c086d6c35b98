#ifndef POISONSHIM_JUMP_H
#define POISONSHIM_JUMP_H

#include <setjmp.h>
#include <stdint.h>

#include "hidden.h"

/* The stack pointer that a longjmp to `buffer` will leave, or 0 if that cannot be told. */
HIDDEN uintptr_t jump_target(const struct __jmp_buf_tag *buffer);

/* Finds out where setjmp keeps the stack pointer, and how. Once, at start. */
HIDDEN void jump_start(void);

#endif
