#ifndef POISONSHIM_LAUNCH_SCRIPT_H
#define POISONSHIM_LAUNCH_SCRIPT_H

#include <limits.h>
#include <stdbool.h>

/* The first line of a script, as the kernel reads it, and through env(1) if that is what it names. */
struct script {
	char interpreter[PATH_MAX]; /* a path, or behind env a name for PATH */
	const char *line;	    /* for a person */
	const char *problem;	    /* NULL; or why a preload does not reach the interpreter */
};

enum script_kind { SCRIPT_FOUND, SCRIPT_TEXT, SCRIPT_NONE };

enum script_kind script_read(struct script *script, const char *path);

#endif
