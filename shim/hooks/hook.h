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

/* The half of a hook that guards: apart, so that an unguarded call saves no registers. */
#define GUARDED __attribute__((noinline))

/* Declares a write call on its way through the guard, and its mark on the hook's stack.
 * call.stream is NULL if the fd turns out to be unguarded. */
#define HOOK_CALL(name_, slot_, fd_, flags_, shape_, base_, count_)           \
	struct mark name_##_mark;                                             \
	struct call name_ = {                                                 \
	    .stream = fdtable_stream((slot_), (fd_)),                         \
	    .mark = &name_##_mark,                                            \
	    .offer = {.shape = (shape_), .base = (base_), .count = (count_)}, \
	    .fd = (fd_),                                                      \
	    .flags = (flags_),                                                \
	}

#endif
