#ifndef POISONSHIM_LAUNCH_CLOSURE_H
#define POISONSHIM_LAUNCH_CLOSURE_H

enum closure {
	CLOSURE_LISTED,
	CLOSURE_FAILED,	   /* the loader has said why on the standard error */
	CLOSURE_UNTRUSTED, /* the loader is not one of the system's, and was not run */
};

/* Calls back for each library that the loader would load for a program with that LD_PRELOAD. Nothing of the
 * program runs. */
typedef void closure_library(const char *path, void *context);
enum closure closure_list(const char *loader, const char *program, const char *preload,
			  closure_library *library, void *context);

#endif
