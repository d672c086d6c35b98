#ifndef POISONSHIM_FILTER_H
#define POISONSHIM_FILTER_H

#include <stddef.h>
#include <stdint.h>

/* Seccomp filters that let everything pass except a list of system calls. */

/* How it comes: "prctl", "seccomp", "every-thread" (SECCOMP_FILTER_FLAG_TSYNC), "libseccomp", or "unseen",
 * past every libc function. */
void filter_install(const char *way, uint32_t action, const int *calls, size_t count);

/* The same with an action for names: "fstat,getsockopt". */
void filter_install_named(const char *way, uint32_t action, const char *names);

#endif
