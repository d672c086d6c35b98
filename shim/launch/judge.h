#ifndef POISONSHIM_LAUNCH_JUDGE_H
#define POISONSHIM_LAUNCH_JUDGE_H

#include <stdbool.h>

#include "elf.h"
#include "target.h"

/* A program and a library that is to be preloaded into it. */
struct subject {
	const struct target *target;
	const struct elf *library;
	const char *preload; /* LD_PRELOAD as it is */
};

struct answer {
	bool bad;	  /* the library does not guard it */
	bool breaks;	  /* and the program would not even start with it */
	const char *text; /* as in "./app is ..." if bad, else what there is */
};

struct check {
	const char *name;
	struct answer (*ask)(const struct subject *subject);
};

/* The first ones first: what a later one says is of no use if an earlier one is bad. */
extern const struct check checks[];
extern const unsigned checks_count;

#endif
