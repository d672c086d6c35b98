#ifndef POISONSHIM_LAUNCH_WRITES_H
#define POISONSHIM_LAUNCH_WRITES_H

#include <stdbool.h>

#include "elf.h"

/* How one program or library of a program writes. */
struct writes {
	const char *guarded; /* functions of libc that it imports and the library hooks; "" */
	const char *past;    /* functions by which bytes leave that the library does not see; "" */
	const char *own;     /* functions among the hooked ones that it defines itself; "" */
};

struct writes writes_of(const struct elf *elf, const struct elf *library);

#endif
