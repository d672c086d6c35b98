#include "offer_file.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "memory.h"
#include "sandbox.h"

#define PIECE 512

static int64_t position(int in, const void *offset, size_t size)
{
	int64_t wide = 0;
	int32_t narrow = 0;

	if (!offset)
		return lseek(in, 0, SEEK_CUR);
	if (memory_readable(offset, size) < size)
		return 0;
	if (size == sizeof(wide))
		memcpy(&wide, offset, sizeof(wide));
	else
		memcpy(&narrow, offset, sizeof(narrow));
	return wide + narrow;
}

size_t offer_file_find(struct offer_file *file, int in, const void *offset, size_t offset_size, size_t count)
{
	struct stat stat;
	int saved = errno;

	*file = (struct offer_file){.fd = in};
	if (sandbox_holds())
		return count;
	file->position = position(in, offset, offset_size);
	if (fstat(in, &stat) == 0 && S_ISREG(stat.st_mode)) {
		int64_t left = stat.st_size > file->position ? stat.st_size - file->position : 0;

		if (count > (uint64_t)left)
			count = (size_t)left;
	}
	errno = saved;
	return count;
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
	got = pread(file->fd, bytes, size, file->position + (off_t)skip);
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
	uint64_t offered = offer->shape == OFFER_UNSEEN ? accepted : offer->count;
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
