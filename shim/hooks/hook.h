#ifndef POISONSHIM_HOOK_H
#define POISONSHIM_HOOK_H

/* What a hook needs: one libc call, one small function; arguments in, one call down, result out. */

#include "../fdtable.h"
#include "../real.h"
#include "../stream.h"

/* glibc declares socket addresses as a transparent union of pointers. */
#ifdef __GLIBC__
typedef __SOCKADDR_ARG hook_address;
typedef __CONST_SOCKADDR_ARG hook_const_address;
#define HOOK_ADDRESS(address) ((address).__sockaddr__)
#else
typedef struct sockaddr *hook_address;
typedef const struct sockaddr *hook_const_address;
#define HOOK_ADDRESS(address) (address)
#endif

#define HOOK __attribute__((visibility("default")))

/* A write call on its way through the guard. Must be used in the hook itself: it takes the caller's frame. */
#define HOOK_CALL(stream_, fd_, flags_, shape_, base_, count_)                               \
	{                                                                                    \
		.stream = (stream_), .fd = (fd_), .flags = (flags_), .frame = STREAM_CALLER, \
		.offer = {.shape = (shape_), .base = (base_), .count = (count_)},            \
	}

#endif
