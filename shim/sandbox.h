#ifndef POISONSHIM_SANDBOX_H
#define POISONSHIM_SANDBOX_H

#include <stdatomic.h>
#include <stdbool.h>

#include "hidden.h"

/*
 * A seccomp filter may kill a program for a system call that the program itself never makes. From the moment
 * one is installed the shim makes none of its own, not even to write a line: nothing is asked, so nothing can
 * be verified, so nothing is refused. Only slow paths look at this; the clean path needs no kernel.
 */
extern HIDDEN atomic_bool sandbox_here;

static inline bool sandbox_holds(void)
{
	return atomic_load_explicit(&sandbox_here, memory_order_relaxed);
}

/* True for a call that installs a filter. Asking without one is how programs find out what the kernel can. */
bool sandbox_asked_by_prctl(int option, unsigned long mode, unsigned long filter);
bool sandbox_asked_by_syscall(long number, const unsigned long arguments[3]);

/* The program is about to install a filter: says so, and has the kernel refuse what is poisoned, while that
 * may still be done. True if this changed anything: then sandbox_settle() after the call. */
bool sandbox_begin(void);

/* How that went. */
void sandbox_settle(bool installed);

#endif
