#include "fdtable.h"

#include <errno.h>
#include <sys/stat.h>

#include "classify.h"
#include "config.h"
#include "process.h"
#include "real.h"
#include "sandbox.h"
#include "stats.h"

_Atomic uintptr_t fdtable[FDTABLE_SIZE];

static bool started;
static _Atomic int highest = -1; /* no slot above it was ever set */
static atomic_bool said_out_of_memory;

void fdtable_start(void)
{
	started = true;
}

bool fdtable_is_started(void)
{
	return started;
}

static bool in_table(int fd)
{
	return (unsigned)fd < FDTABLE_SIZE;
}

static struct stream *stream_of(uintptr_t slot)
{
	return slot >= SLOT_TAGS ? (struct stream *)slot : NULL;
}

bool fdtable_means(int fd, const struct stream *stream)
{
	return in_table(fd) && atomic_load(&fdtable[fd]) == (uintptr_t)stream;
}

static void reach(int fd)
{
	int known = atomic_load(&highest);

	while (known < fd && !atomic_compare_exchange_weak(&highest, &known, fd))
		;
}

/* Puts `slot` into the table, and lets go of the stream that was there. */
static void replace(int fd, uintptr_t slot, bool quiet)
{
	reach(fd);
	struct stream *old = stream_of(atomic_exchange(&fdtable[fd], slot));

	if (old)
		stream_drop(old, fd, quiet);
}

bool fdtable_identifies(int fd, const struct stream *stream)
{
	struct stat stat;
	int saved = errno;
	bool same = fstat(fd, &stat) == 0 && classify_identity(&stat) == stream->link.spare;

	errno = saved;
	return same;
}

bool fdtable_verify(int fd, struct stream *stream)
{
	bool same = fdtable_means(fd, stream) && fdtable_identifies(fd, stream);
	uintptr_t slot = (uintptr_t)stream;

	if (!same && in_table(fd) && atomic_compare_exchange_strong(&fdtable[fd], &slot, SLOT_UNKNOWN))
		stream_drop(stream, fd, true);
	return same;
}

/* Another thread may have been faster, or the fd may have changed: then its slot counts, not ours. */
static struct stream *settle_slot(int fd, uintptr_t seen, uintptr_t slot)
{
	reach(fd);
	if (atomic_compare_exchange_strong(&fdtable[fd], &seen, slot))
		return stream_of(slot);
	if (stream_of(slot))
		stream_drop(stream_of(slot), fd, true);
	return fdtable_lookup(fd);
}

/* A stream for the same object of the kernel, with one fd more, or NULL. */
static struct stream *find_duplicate(uint32_t identity)
{
	int last = atomic_load(&highest);

	for (int fd = 0; fd <= last; fd++) {
		struct stream *stream = stream_of(fdtable_slot(fd));

		if (!stream || stream->link.spare != identity || !stream_share(stream))
			continue;
		if (stream->link.spare == identity && fdtable_means(fd, stream))
			return stream;
		stream_drop(stream, fd, true);
	}
	return NULL;
}

static struct stream *new_stream(int fd, uintptr_t seen, const struct found_stream *found)
{
	struct stream *stream = stream_create(found->profile, found->identity, found->is_server);

	if (!stream)
		return NULL;
	if (seen == SLOT_EARLY)
		framing_begin_in_the_middle(found->profile->framing, &stream->frame);
	stream_count_from(stream, fd, seen);
	return stream;
}

/* What was sent before, nobody counted: the first bytes that we see may be the rest of a message. */
static void begin_in_the_middle(struct stream *stream, int fd)
{
	if (!framing_needs_no_past(stream->profile->framing))
		stream_off(stream, fd,
			   "bytes went out before the guard knew it, and the framing must see them all");
}

static bool is_standard(int fd)
{
	return fd >= 0 && fd <= 2;
}

/* The stream that the socket at `fd` has under some number, with one fd more, or NULL. */
static struct stream *find_known(int fd)
{
	struct stat stat;

	if (sandbox_holds() || fstat(fd, &stat) != 0 || !S_ISSOCK(stat.st_mode))
		return NULL;
	return find_duplicate(classify_identity(&stat));
}

/* At once: the number that we know it by may be gone at the first write. */
void fdtable_received(int fd)
{
	int saved = errno;

	if (in_table(fd) && process_is_ours()) {
		struct stream *known = is_standard(fd) ? NULL : find_known(fd);

		replace(fd, known ? (uintptr_t)known : SLOT_UNKNOWN, true);
	}
	errno = saved;
}

/* A socket whose birth we did not see may be a duplicate that came by way of a socket, or was made behind our
 * back. */
static struct stream *make_stream(int fd, uintptr_t seen, const struct found_stream *found)
{
	struct stream *stream = NULL, *settled;
	bool is_new;

	if ((seen == SLOT_UNKNOWN || seen == SLOT_EARLY) && found->is_socket)
		stream = find_duplicate(found->identity);
	is_new = !stream;
	if (is_new)
		stream = new_stream(fd, seen, found);
	if (!stream) {
		if (!atomic_exchange(&said_out_of_memory, true))
			report_note(LOG_LEVEL_WARN, "out of memory: new connections are not guarded");
		return settle_slot(fd, seen, SLOT_UNGUARDED);
	}
	if (seen == SLOT_EARLY)
		begin_in_the_middle(stream, fd);
	settled = settle_slot(fd, seen, (uintptr_t)stream);
	if (is_new && settled == stream)
		stats_stream_is_known(stream);
	return settled;
}

void fdtable_begun(int fd)
{
	uintptr_t slot = fdtable_slot(fd);

	if (in_table(fd) && !stream_of(slot) && process_is_ours() &&
	    atomic_compare_exchange_strong(&fdtable[fd], &slot, SLOT_EARLY))
		reach(fd);
}

struct stream *fdtable_classify(int fd)
{
	uintptr_t slot = fdtable_slot(fd);
	struct found_stream found;
	struct stream *stream = NULL;
	int saved = errno;

	/* Another thread may have been faster. */
	if (slot >= SLOT_TAGS || fdtable_is_unguarded(slot))
		return stream_of(slot);
	if (!started)
		return fdtable_begun(fd), NULL;
	if (sandbox_holds() || !process_is_ours())
		return NULL;
	switch (classify(fd, slot, &found)) {
	case FOUND_NOTHING_YET:
		break;
	case FOUND_UNGUARDED:
		stream = settle_slot(fd, slot, SLOT_UNGUARDED);
		break;
	case FOUND_NO_RULE:
		stream = settle_slot(fd, slot, SLOT_NOT_IN_RULES);
		break;
	case FOUND_PROFILE:
		stream = make_stream(fd, slot, &found);
		break;
	}
	errno = saved;
	return stream;
}

/* Sets the slot of an fd that was just created; what stood there was closed behind our back. */
static void create(int fd, uintptr_t slot)
{
	int saved = errno;

	if (in_table(fd) && fdtable_slot(fd) != slot && process_is_ours())
		replace(fd, slot, true);
	errno = saved;
}

void fdtable_born(int fd, int domain, int type, int protocol)
{
	create(fd, classify_born(domain, type, protocol));
}

void fdtable_forget(int fd)
{
	create(fd, SLOT_UNKNOWN);
}

void fdtable_accepted(int fd, int listener)
{
	switch (fdtable_slot(listener)) {
	case SLOT_BORN_TCP:
		create(fd, SLOT_ACCEPTED_TCP);
		break;
	case SLOT_BORN_UNIX:
		create(fd, SLOT_ACCEPTED_UNIX);
		break;
	case SLOT_BORN_VSOCK:
		create(fd, SLOT_ACCEPTED_VSOCK);
		break;
	default:
		create(fd, SLOT_BORN_SOCKET);
	}
}

/* stdio and the programs that inherit a standard fd write to it where nobody sees it. */
static void share_with_standard(struct stream *stream, int copy)
{
	if (is_standard(copy) && !classify_named(copy, ENDPOINT_TTY))
		stream_off(stream, copy, "duplicated onto a standard fd, where writes cannot be seen");
}

/* Both must mean the same stream, and later nobody could tell that they belong together. */
static uintptr_t classified_slot(int fd)
{
	uintptr_t slot = fdtable_slot(fd);

	if (fdtable_is_unguarded(slot) || stream_of(slot) || !started)
		return slot;
	fdtable_classify(fd);
	return fdtable_slot(fd);
}

/* The standard fds have rules of their own, and another rule may name the copy's number: what is known of one
 * says nothing about the other. While it is not known yet, both are unknown: whichever is written to second
 * finds the other, make_stream(). */
static uintptr_t slot_for_copy(int fd, int copy)
{
	uintptr_t slot = classified_slot(fd);

	if (stream_of(slot))
		return stream_share(stream_of(slot)) ? slot : SLOT_UNKNOWN;
	if (slot == SLOT_EARLY)
		return slot;
	if (fdtable_is_pending(fd))
		fdtable_forget(fd);
	return slot == SLOT_UNGUARDED && !is_standard(fd) && !is_standard(copy) ? slot : SLOT_UNKNOWN;
}

void fdtable_duplicated(int fd, int copy)
{
	int saved = errno;

	if (fd != copy && in_table(copy) && process_is_ours()) {
		uintptr_t slot = slot_for_copy(fd, copy);

		if (stream_of(slot))
			share_with_standard(stream_of(slot), copy);
		replace(copy, slot, false);
	}
	errno = saved;
}

/* What it was called for a connection that never came about says nothing of the next. */
static bool is_new_life(const struct stream *stream, int family)
{
	if (family == AF_UNSPEC)
		return stream->state != STREAM_POISONED;
	return config.rules.need_addresses && stream_is_unused(stream);
}

void fdtable_connected(int fd, int family)
{
	uintptr_t slot = fdtable_slot(fd);
	struct stream *stream = stream_of(slot);
	int saved = errno;

	if (slot == SLOT_NOT_IN_RULES)
		atomic_compare_exchange_strong(&fdtable[fd], &slot, SLOT_UNKNOWN);
	else if (stream && is_new_life(stream, family) && process_is_ours())
		replace(fd, SLOT_UNKNOWN, false);
	errno = saved;
}

void fdtable_shut_down(int fd)
{
	struct stream *stream = stream_of(fdtable_slot(fd));

	if (stream && process_is_ours())
		stream_half_close(stream, fd);
}

void fdtable_waited(int fd, enum cut cut)
{
	struct stream *stream = stream_of(fdtable_slot(fd));

	if (stream)
		stream_interrupted(stream, fd, cut);
}

static struct stream *hold(int fd, struct stream *stream)
{
	if (!stream_share(stream))
		return NULL;
	if (fdtable_means(fd, stream))
		return stream;
	stream_drop(stream, fd, true);
	return NULL;
}

/* Takes the fd away from the stream, which may have been told that it is closed: half_closed. */
static void let_go(int fd, struct stream *stream)
{
	uintptr_t slot = (uintptr_t)stream;

	if (atomic_compare_exchange_strong(&fdtable[fd], &slot, SLOT_UNKNOWN))
		stream_drop(stream, -1, false);
}

/* The reference keeps the block from becoming another connection's meanwhile. */
struct stream *fdtable_closing(int fd)
{
	uintptr_t slot = fdtable_slot(fd);
	struct stream *stream = stream_of(slot);
	int saved = errno;

	if (slot == SLOT_UNKNOWN || !in_table(fd) || !process_is_ours())
		return NULL;
	if (stream) {
		stream_closing(stream, fd);
		stream = hold(fd, stream);
	} else {
		replace(fd, SLOT_UNKNOWN, true);
	}
	errno = saved;
	return stream;
}

void fdtable_closed(int fd, struct stream *closing)
{
	int saved = errno;

	if (closing) {
		let_go(fd, closing);
		stream_drop(closing, -1, false);
	}
	errno = saved;
}

static unsigned int end_of_range(unsigned int last)
{
	unsigned int end = (unsigned int)(atomic_load(&highest) + 1);

	return last < end ? last + 1 : end;
}

/* As many references as there are fds could not be kept: afterwards the kernel is asked which are closed. */
void fdtable_closing_range(unsigned int first, unsigned int last)
{
	unsigned int end = end_of_range(last);
	int saved = errno;

	if (!process_is_ours())
		return;
	for (unsigned int fd = first; fd < end; fd++)
		if (stream_of(fdtable_slot((int)fd)))
			stream_closing(stream_of(fdtable_slot((int)fd)), (int)fd);
	errno = saved;
}

void fdtable_closed_range(unsigned int first, unsigned int last)
{
	unsigned int end = end_of_range(last);
	int saved = errno;

	if (!process_is_ours())
		return;
	for (unsigned int fd = first; fd < end; fd++) {
		uintptr_t slot = fdtable_slot((int)fd);
		struct stream *stream = stream_of(slot);

		if (!stream)
			atomic_compare_exchange_strong(&fdtable[fd], &slot, SLOT_UNKNOWN);
		else if (!fdtable_identifies((int)fd, stream))
			let_go((int)fd, stream);
	}
	errno = saved;
}

void fdtable_replaced(int fd)
{
	int saved = errno;

	if (in_table(fd) && process_is_ours()) {
		struct stream *old = stream_of(fdtable_slot(fd));

		if (old)
			let_go(fd, old);
	}
	errno = saved;
}

/* One call one message holds for what the kernel frames too. */
void fdtable_transformed(int fd)
{
	struct stream *stream = stream_of(fdtable_slot(fd));

	if (stream && !framing_is_blind(stream->profile->framing, &stream->frame))
		stream_off(stream, fd, "the kernel makes the TLS records from now on");
}

void fdtable_unsee(int fd, const char *reason)
{
	struct stream *stream = fdtable_lookup(fd);

	if (stream)
		stream_off(stream, fd, reason);
}

void fdtable_each_stream(void (*visit)(struct stream *stream, int fd))
{
	int last = atomic_load(&highest);

	for (int fd = 0; fd <= last; fd++) {
		struct stream *stream = stream_of(fdtable_slot(fd));

		if (stream)
			visit(stream, fd);
	}
}

static void shut_if_poisoned(struct stream *stream, int fd)
{
	if (stream->state == STREAM_POISONED && fdtable_verify(fd, stream))
		real.shutdown(fd, SHUT_WR);
}

void fdtable_shut_poisoned(void)
{
	int saved = errno;

	fdtable_each_stream(shut_if_poisoned);
	errno = saved;
}
