#ifndef POISONSHIM_LAUNCH_TARGET_H
#define POISONSHIM_LAUNCH_TARGET_H

#include <limits.h>
#include <stdbool.h>

#include "elf.h"

/* What execvp() would execute, and the program that the kernel makes of it in the end. */
struct target {
	char path[PATH_MAX];	/* for execve(); empty: it cannot be executed at all */
	char program[PATH_MAX]; /* itself, or what interprets it: the file that is judged */
	struct elf elf;		/* of the program */
	bool by_shell;		/* a text that does not begin with #! */
	const char *chain;	/* how the one leads to the other; "" */
	const char *problem;	/* NULL; or why there is no program to judge */
};

/* False: see problem. */
bool target_find(struct target *target, const char *name);

#endif
