#ifndef POISONSHIM_FDTABLE_H
#define POISONSHIM_FDTABLE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "hidden.h"
#include "rules.h"
#include "stream.h"

/* fd -> stream. A slot is one word: a tag, or a pointer to a stream. The kernel's default limit (fs.nr_open)
 * is the size; fds above it are not guarded. Untouched pages cost nothing. */
#define FDTABLE_SIZE (1 << 20)

enum slot_tag {
	SLOT_UNKNOWN,	   /* never seen: ask at the first write */
	SLOT_UNGUARDED,	   /* a file, a datagram socket, ... */
	SLOT_NOT_IN_RULES, /* a stream, but no rule matches (until it connects again) */
	SLOT_EARLY,	   /* written to before we knew what it is */
	SLOT_BORN_TCP,	   /* created before our eyes, nothing written yet */
	SLOT_ACCEPTED_TCP, /* the same, and the peer connected it */
	SLOT_BORN_UNIX,
	SLOT_ACCEPTED_UNIX,
	SLOT_BORN_VSOCK,
	SLOT_ACCEPTED_VSOCK,
	SLOT_BORN_SOCKET, /* accepted, of a kind that must be asked for */
	SLOT_TAGS,
};

static inline bool slot_is_accepted(uintptr_t tag)
{
	return tag == SLOT_ACCEPTED_TCP || tag == SLOT_ACCEPTED_UNIX || tag == SLOT_ACCEPTED_VSOCK ||
	       tag == SLOT_BORN_SOCKET;
}

extern HIDDEN _Atomic uintptr_t fdtable[FDTABLE_SIZE];

/* The slow half of fdtable_lookup: finds out what a new fd is. */
struct stream *fdtable_classify(int fd);

static inline uintptr_t fdtable_slot(int fd)
{
	if ((unsigned)fd >= FDTABLE_SIZE)
		return SLOT_UNGUARDED;
	return atomic_load_explicit(&fdtable[fd], memory_order_acquire);
}

static inline bool fdtable_is_unguarded(uintptr_t slot)
{
	return slot - SLOT_UNGUARDED <= SLOT_NOT_IN_RULES - SLOT_UNGUARDED;
}

/* True if it could not be found out yet what the fd is. */
static inline bool fdtable_is_pending(int fd)
{
	uintptr_t slot = fdtable_slot(fd);

	return slot < SLOT_TAGS && !fdtable_is_unguarded(slot);
}

/* The stream behind a slot that is not known to be unguarded, or NULL: it is, after all. */
static inline struct stream *fdtable_stream(uintptr_t slot, int fd)
{
	return slot >= SLOT_TAGS ? (struct stream *)slot : fdtable_classify(fd);
}

/* The stream that a write to `fd` belongs to, or NULL: not guarded. */
static inline struct stream *fdtable_lookup(int fd)
{
	uintptr_t slot = fdtable_slot(fd);

	return fdtable_is_unguarded(slot) ? NULL : fdtable_stream(slot, fd);
}

/* True if `fd` still means `stream` in the table. */
bool fdtable_means(int fd, const struct stream *stream);

/* True if the kernel's object behind `fd` is still the one the stream was made for. Otherwise the number was
 * reused behind our back: its slot is forgotten. */
bool fdtable_verify(int fd, struct stream *stream);

/* True if the kernel's object behind `fd` is the one the stream was made for, whatever the table says. */
bool fdtable_identifies(int fd, const struct stream *stream);

/* From now on classification may happen. */
void fdtable_start(void);
bool fdtable_is_started(void);

/* Calls `visit` for every number of every stream. */
void fdtable_each_stream(void (*visit)(struct stream *stream, int fd));

/* Has the kernel refuse what is poisoned, as we soon cannot. */
void fdtable_shut_poisoned(void);

/* A socket call returned `fd`. */
void fdtable_born(int fd, int domain, int type, int protocol);

/* What stood at `fd` was closed behind our back. */
void fdtable_forget(int fd);

/* A call returned `fd` (or an error): no new stream socket, or one that we may have already. */
static inline void fdtable_created(int fd)
{
	if (fd >= 0 && fdtable_slot(fd) != SLOT_UNKNOWN)
		fdtable_forget(fd);
}

/* A call returned `fd` (or an error), which may be one more number for a stream that we have. */
void fdtable_received(int fd);

/* Bytes went out through `fd` that no stream has counted: before our start, or as those of another
 * connection. */
void fdtable_begun(int fd);

/* accept returned `fd` from `listener`. */
void fdtable_accepted(int fd, int listener);

/* dup, dup2, dup3 or F_DUPFD made `copy` mean what `fd` means. */
void fdtable_duplicated(int fd, int copy);

/* connect succeeded or is under way; `family` AF_UNSPEC dissolved a connection. */
void fdtable_connected(int fd, int family);

/* The kernel frames what is written from now on, so that our framing cannot. */
void fdtable_transformed(int fd);

/* shutdown of the writing side succeeded. */
void fdtable_shut_down(int fd);

/* A wait until `fd` becomes writable ended in vain, for the reason `cut`. */
void fdtable_waited(int fd, enum cut cut);

/* The fd is about to be closed. Until it is, its slot stays: another thread's write in between must not find
 * a connection that nobody knows. Returns what fdtable_closed() wants. */
struct stream *fdtable_closing(int fd);

/* It was closed, and may mean another file by now. */
void fdtable_closed(int fd, struct stream *closing);

/* The same for all from `first` to `last`. */
void fdtable_closing_range(unsigned int first, unsigned int last);
void fdtable_closed_range(unsigned int first, unsigned int last);

/* The fd was given another file inside libc. */
void fdtable_replaced(int fd);

/* From now on, bytes that are no writes of the program's, or that nobody sees, go out through `fd`: it is not
 * guarded any more. `reason` completes "not guarded any more: ...". */
void fdtable_unsee(int fd, const char *reason);

#endif
