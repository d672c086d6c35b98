#ifndef POISONSHIM_PATH_H
#define POISONSHIM_PATH_H

#include <stdbool.h>
#include <stddef.h>

/* Copies `path`, made absolute: the program may change directory. False with errno: no room, or nobody knows
 * where we are. */
bool path_absolute(char *buffer, size_t size, const char *path);

/* What stands behind the last slash. */
const char *path_last(const char *path);

#endif
