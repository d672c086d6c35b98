#ifndef POISONSHIM_HOOK_H
#define POISONSHIM_HOOK_H

/* What a hook needs: one libc call, one small function; arguments in, one call down, result out. */

#include "../fdtable.h"
#include "../real.h"
#include "../stream_clean.h"

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

/* Of sendmmsg and recvmmsg; musl declares them unsigned. */
#ifdef __GLIBC__
typedef int hook_flags;
#else
typedef unsigned int hook_flags;
#endif

#define HOOK __attribute__((visibility("default")))

#define HOOK_UNWRAP(...) __VA_ARGS__

/* gcc wants an alias to promise no less than its target. */
#if __has_attribute(copy)
#define HOOK_LIKE(name) __attribute__((copy(name)))
#else
#define HOOK_LIKE(name)
#endif

/* Another name that libc exports for the same function. */
#define HOOK_ALIAS(name, other) \
	extern HOOK HOOK_LIKE(name) __typeof__(name) other __attribute__((alias(#name)))

/* The name for programs with 64 bit times, where libc knows 32 bit ones too. */
#ifdef REAL_TIME64
#define HOOK_TIME64(name, other) HOOK_ALIAS(name, other);
#else
#define HOOK_TIME64(name, other)
#endif

/* A call that returns a new fd, no stream socket. */
#define HOOK_CREATES(name, parameters, arguments) \
	HOOK int name parameters                  \
	{                                         \
		int fd = real.name arguments;     \
                                                  \
		fdtable_created(fd);              \
		return fd;                        \
	}

/* The same with a mode that may be left out; as libc does, it is read in any case. */
#define HOOK_OPENS(name, parameters, arguments)     \
	HOOK int name parameters                    \
	{                                           \
		va_list list;                       \
                                                    \
		va_start(list, flags);              \
		mode_t mode = va_arg(list, mode_t); \
		va_end(list);                       \
		int fd = real.name arguments;       \
		fdtable_created(fd);                \
		return fd;                          \
	}

/* The stack pointer of the function's caller. In the hook, and in what it leaves to by a sibling call, that
 * is the program; the marks of its earlier calls lie below. */
#define HOOK_CALLER ((uintptr_t)__builtin_dwarf_cfa())

#define HOOK_CALL(slot, fd, flags, shape, base, count, frame)                                            \
	{                                                                                                \
		fdtable_stream(slot, fd), {NULL}, {shape, base, count}, frame, 0, fd, flags, CALL_WRITES \
	}

/* The long way. */
#define HOOK_WRITE_SLOW(type, name, parameters, forwarded, flags, shape_, base_, count_)     \
	static __attribute__((noinline))                                                     \
	type slow_##name(HOOK_UNWRAP parameters, uintptr_t slot, uintptr_t frame)            \
	{                                                                                    \
		struct call call = HOOK_CALL(slot, fd, flags, shape_, base_, count_, frame); \
                                                                                             \
		if (call.stream && !stream_enter(&call))                                     \
			return -1;                                                           \
		return (type)stream_leave(&call, real.name forwarded);                       \
	}

/* The clean path, inlined; `way` is how the stream is taken, stream_clean.h. */
#define HOOK_WRITE_CLEAN(type, name, parameters, forwarded, arguments, flags_, shape_, base_, count_, way) \
	static __attribute__((noinline)) type way##_##name(HOOK_UNWRAP parameters, uintptr_t slot)         \
	{                                                                                                  \
		struct clean_call clean;                                                                   \
		struct mark mark;                                                                          \
                                                                                                           \
		clean.base = base_;                                                                        \
		clean.count = count_;                                                                      \
		if (!__builtin_constant_p(flags_))                                                         \
			clean.flags = flags_;                                                              \
		if (!stream_enter_##way((struct stream *)slot, &clean, &mark, fd, flags_))                 \
			return slow_##name(HOOK_UNWRAP arguments, slot, HOOK_CALLER);                      \
		return (type)stream_leave_##way(&clean, shape_, !__builtin_constant_p(flags_),             \
						(ssize_t)real.name forwarded);                             \
	}

/*
 * A write call. Four functions: the hook itself lets unguarded fds pass without saving a register; the clean
 * path is there twice, for a process with one thread and with more (the first has fewer registers to save);
 * everything else goes the long way. `flags`, and shape, base and count of what is offered (offer.h) are
 * expressions of the parameters, which begin with `int fd`.
 */
#define HOOK_WRITE(type, name, parameters, forwarded, arguments, flags, shape_, base_, count_)              \
	HOOK_WRITE_SLOW(type, name, parameters, forwarded, flags, shape_, base_, count_)                    \
	HOOK_WRITE_CLEAN(type, name, parameters, forwarded, arguments, flags, shape_, base_, count_, alone) \
	HOOK_WRITE_CLEAN(type, name, parameters, forwarded, arguments, flags, shape_, base_, count_,        \
			 threaded)                                                                          \
                                                                                                            \
	HOOK type name(HOOK_UNWRAP parameters)                                                              \
	{                                                                                                   \
		uintptr_t slot = fdtable_slot(fd);                                                          \
                                                                                                            \
		if (slot >= SLOT_TAGS)                                                                      \
			return STREAM_SINGLE_THREADED ? alone_##name(HOOK_UNWRAP arguments, slot)           \
						      : threaded_##name(HOOK_UNWRAP arguments, slot);       \
		if (fdtable_is_unguarded(slot))                                                             \
			return real.name forwarded;                                                         \
		return slow_##name(HOOK_UNWRAP arguments, slot, HOOK_CALLER);                               \
	}

/* A write call that has no clean path. */
#define HOOK_WRITE_LONG(type, name, parameters, forwarded, arguments, flags, shape_, base_, count_) \
	HOOK_WRITE_SLOW(type, name, parameters, forwarded, flags, shape_, base_, count_)            \
                                                                                                    \
	HOOK type name(HOOK_UNWRAP parameters)                                                      \
	{                                                                                           \
		uintptr_t slot = fdtable_slot(fd);                                                  \
                                                                                                    \
		if (fdtable_is_unguarded(slot))                                                     \
			return real.name forwarded;                                                 \
		return slow_##name(HOOK_UNWRAP arguments, slot, HOOK_CALLER);                       \
	}

/* MSG_* for the flags of splice, tee and vmsplice. */
#define HOOK_SPLICE_FLAGS(flags) ((flags)&SPLICE_F_NONBLOCK ? MSG_DONTWAIT : 0)

#endif
