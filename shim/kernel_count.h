#ifndef POISONSHIM_KERNEL_COUNT_H
#define POISONSHIM_KERNEL_COUNT_H

#include <stdbool.h>
#include <stdint.h>

/*
 * How many bytes of a TCP connection the kernel has accepted, modulo 2^32, whoever wrote them and by whatever
 * door: those the peer has acknowledged and those still queued. A SYN of ours is one of them, and so a socket
 * that connects begins at 1 and one that was accepted at 0; a FIN is not.
 */
#define KERNEL_COUNT_CONNECTS 1
#define KERNEL_COUNT_ACCEPTED 0

/* False if the kernel does not say: no TCP, no connection (any more), or what is written is not what TCP
 * counts (MPTCP, TLS in the kernel). */
bool kernel_count(int fd, uint32_t *bytes);

/* The same for a socket that nobody knows yet; one that is not connected will be by a SYN of ours. */
bool kernel_count_of_stranger(int fd, uint32_t *bytes);

#endif
