#include "offer_file.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "memory.h"
#include "sandbox.h"

#define PIECE 512

/* Where the file's bytes that are offered begin; negative if nobody knows. Afterwards the kernel has moved
 * what says so, and could read and write it. */
static int64_t position(const struct offer_file *file)
{
	int64_t moved = file->returned > 0 ? file->returned : 0, wide = 0;
	int32_t narrow = 0;

	if (!file->offset)
		return lseek(file->fd, 0, SEEK_CUR) - moved;
	if (file->returned < 0 && memory_readable(file->offset, file->offset_size) < file->offset_size)
		return -1;
	if (file->offset_size == sizeof(wide))
		memcpy(&wide, file->offset, sizeof(wide));
	else
		memcpy(&narrow, file->offset, sizeof(narrow));
	return wide + narrow - moved;
}

/* At the end of the file the kernel sends fewer than asked, and that is no short write. What was sent was
 * there, whatever the file has become. */
static uint64_t measure(const struct offer_file *file, uint64_t asked)
{
	uint64_t sent = file->returned > 0 ? (uint64_t)file->returned : 0, there = asked;
	struct stat stat;
	int saved = errno;

	if (sent < asked && !sandbox_holds() && fstat(file->fd, &stat) == 0 && S_ISREG(stat.st_mode)) {
		int64_t at = position(file);

		there = stat.st_size > at ? (uint64_t)(stat.st_size - at) : 0;
	}
	errno = saved;
	there = there < asked ? there : asked;
	return there > sent ? there : sent;
}

uint64_t offer_file_measure(const struct offer *offer)
{
	return offer->shape == OFFER_UNSEEN ? offer->count : measure(offer->base, offer->count);
}

size_t offer_file_copy(const struct offer *offer, uint64_t skip, uint8_t *bytes, size_t size)
{
	const struct offer_file *file = offer->base;
	int saved = errno;
	ssize_t got;

	if (offer->shape == OFFER_UNSEEN || skip >= offer->count)
		return 0;
	if (size > offer->count - skip)
		size = (size_t)(offer->count - skip);
	int64_t from = position(file);
	got = from < 0 ? -1 : pread(file->fd, bytes, size, from + (off_t)skip);
	errno = saved;
	return got > 0 ? (size_t)got : 0;
}

/* What cannot be seen cannot be proven to be something else. */
bool offer_file_begins_with(const struct offer *offer, const uint8_t *bytes, size_t length)
{
	uint8_t piece[PIECE];
	size_t at = 0;

	while (at < length) {
		size_t want = length - at < sizeof(piece) ? length - at : sizeof(piece);
		size_t got = offer_file_copy(offer, at, piece, want);

		if (memcmp(piece, bytes + at, got) != 0)
			return false;
		if (got == 0)
			return true;
		at += got;
	}
	return true;
}

/* How many of the next `n` bytes the framing need not see. A file's first bytes may tell which framing it is;
 * a pipe's are not to be had. */
static uint64_t skip(const struct offer *offer, uint64_t at, uint64_t n, uint64_t offered,
		     const struct profile *profile, struct framing_state *state)
{
	uint8_t first;

	if (framing_is_undecided(profile->framing, state) && offer_file_copy(offer, at, &first, 1) == 1)
		return 0;
	return framing_skip(profile->framing, state, n, offered - at);
}

enum offer_fed offer_file_feed(const struct offer *offer, uint64_t accepted, const struct profile *profile,
			       struct framing_state *state)
{
	uint64_t offered = offer->shape == OFFER_UNSEEN ? accepted : offer_file_measure(offer);
	uint8_t piece[PIECE];
	uint64_t at = 0;

	while (at < accepted && !state->desync) {
		uint64_t rest = accepted - at;

		at += skip(offer, at, rest, offered, profile, state);
		rest = accepted - at;
		size_t got =
		    offer_file_copy(offer, at, piece, rest < sizeof(piece) ? (size_t)rest : sizeof(piece));
		if (rest && !got)
			return OFFER_FED_BLIND;
		if (got)
			profile->feed(profile->framing, state, piece, got, offered - at);
		at += got;
	}
	return accepted == offered ? OFFER_FED_WHOLE : OFFER_FED_PART;
}
