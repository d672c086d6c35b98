#ifndef POISONSHIM_PAST_LIBC_H
#define POISONSHIM_PAST_LIBC_H

#include <stddef.h>

/* The kernel's write by its own door: no function of libc is called. Returns the count or -errno. */
long write_past_libc(int fd, const void *bytes, size_t length);

/* Others, where the guard must not see an fd's birth. */
long socket_past_libc(int domain, int type, int protocol);
long connect_past_libc(int fd, const void *address, unsigned length);
long accept_past_libc(int fd);
long dup2_past_libc(int fd, int copy);

#endif
