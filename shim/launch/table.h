#ifndef POISONSHIM_LAUNCH_TABLE_H
#define POISONSHIM_LAUNCH_TABLE_H

#include "judge.h"

/* Prints a row: "machine     ok  x86-64, 64 bit". */
void table_row(const char *name, bool bad, const char *text);

/* Prints how the program and each of its libraries write; false if the loader cannot load them. */
bool table_writes(const struct subject *subject, const char *preload);

#endif
