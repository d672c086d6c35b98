#ifndef POISONSHIM_LAUNCH_PRELOAD_H
#define POISONSHIM_LAUNCH_PRELOAD_H

#include <stdbool.h>

#include "elf.h"

#define PRELOAD_NAME "libpoisonshim.so"

/* Opens a library; NULL, or why it cannot be preloaded. */
const char *preload_open(struct elf *library, const char *path);

/* LD_PRELOAD with the library in it once: behind the runtimes of sanitizers, which insist on being first, and
 * before all others, so that it sees what the program itself calls. */
const char *preload_value(const char *old, const char *library);

/* LD_PRELOAD holds a library whose name begins so before any that is no runtime of a sanitizer. */
bool preload_begins_with(const char *value, const char *prefix);

#endif
