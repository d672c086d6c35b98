#ifndef POISONSHIM_FDTABLE_H
#define POISONSHIM_FDTABLE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "rules.h"
#include "stream.h"

/* fd -> stream. A slot is one word: a tag, or a pointer to a stream. The kernel's default limit (fs.nr_open)
 * is the size; fds above it are not guarded. Untouched pages cost nothing. */
#define FDTABLE_SIZE (1 << 20)

enum slot_tag {
	SLOT_UNKNOWN,	   /* never seen: ask at the first write */
	SLOT_UNGUARDED,	   /* a file, a datagram socket, ... */
	SLOT_NOT_IN_RULES, /* a stream, but no rule matches (until it connects again) */
	SLOT_BORN_TCP,	   /* created before our eyes, nothing written yet */
	SLOT_BORN_UNIX,
	SLOT_BORN_VSOCK,
	SLOT_TAGS,
};

extern _Atomic uintptr_t fdtable[FDTABLE_SIZE];

/* The slow half of fdtable_lookup: finds out what a new fd is. */
struct stream *fdtable_classify(int fd);

/* The stream that a write to `fd` belongs to, or NULL: not guarded. */
static inline struct stream *fdtable_lookup(int fd)
{
	if ((unsigned)fd >= FDTABLE_SIZE)
		return NULL;
	uintptr_t slot = atomic_load_explicit(&fdtable[fd], memory_order_acquire);
	if (slot - SLOT_UNGUARDED <= SLOT_NOT_IN_RULES - SLOT_UNGUARDED)
		return NULL;
	return slot >= SLOT_TAGS ? (struct stream *)slot : fdtable_classify(fd);
}

/* True if `fd` still means `stream` in the table. */
bool fdtable_means(int fd, const struct stream *stream);

/* True if the kernel's object behind `fd` is still the one the stream was made for. Otherwise the number was
 * reused behind our back: its slot is forgotten. */
bool fdtable_verify(int fd, struct stream *stream);

/* From now on classification may happen. */
void fdtable_start(void);

/* A socket call returned `fd`. */
void fdtable_born(int fd, int domain, int type, int protocol);

/* accept returned `fd` from `listener`. */
void fdtable_accepted(int fd, int listener);

/* dup, dup2, dup3 or F_DUPFD made `copy` mean what `fd` means. */
void fdtable_duplicated(int fd, int copy);

/* connect succeeded or is under way; `family` AF_UNSPEC dissolved a connection. */
void fdtable_connected(int fd, int family);

/* shutdown of the writing side succeeded. */
void fdtable_shut_down(int fd);

/* The fd is about to be closed. */
void fdtable_closing(int fd);

#endif
