#include "offer.h"

#include <limits.h>
#include <string.h>

#include "memory.h"
#include "offer_file.h"

/* Walks the pieces of an offer that has several, whose structures may be garbage: looks before it touches. */
struct cursor {
	const struct offer *offer;
	size_t message;		 /* OFFER_MESSAGES: the next one */
	const struct iovec *iov; /* the current vector */
	size_t left;		 /* its pieces still to come */
	bool opened;
	bool was_read; /* the kernel has read all of the structures */
};

struct piece {
	const uint8_t *bytes;
	size_t length;
};

static bool can_touch(const struct cursor *cursor, const void *p, size_t length)
{
	return cursor->was_read || memory_readable(p, length) == length;
}

static bool open_vector(struct cursor *cursor, const struct iovec *iov, size_t count)
{
	if (count > IOV_MAX || !can_touch(cursor, iov, count * sizeof(*iov)))
		return false;
	cursor->iov = iov;
	cursor->left = count;
	return true;
}

static bool open_message(struct cursor *cursor, const struct msghdr *message)
{
	return can_touch(cursor, message, sizeof(*message)) &&
	       open_vector(cursor, message->msg_iov, (size_t)message->msg_iovlen);
}

/* Moves to the next vector of the offer; false at its end, or where it cannot be read. */
static bool next_vector(struct cursor *cursor)
{
	const struct offer *offer = cursor->offer;

	if (offer->shape == OFFER_MESSAGES) {
		const struct mmsghdr *messages = offer->base;

		return cursor->message < offer->count &&
		       open_message(cursor, &messages[cursor->message++].msg_hdr);
	}
	if (cursor->opened)
		return false;
	cursor->opened = true;
	if (offer->shape == OFFER_MESSAGE)
		return open_message(cursor, offer->base);
	return open_vector(cursor, offer->base, offer->count);
}

static bool next_piece(struct cursor *cursor, struct piece *piece)
{
	while (!cursor->left)
		if (!next_vector(cursor))
			return false;
	*piece = (struct piece){cursor->iov->iov_base, cursor->iov->iov_len};
	cursor->iov++;
	cursor->left--;
	return true;
}

static uint64_t total(const struct offer *offer)
{
	struct cursor cursor = {.offer = offer};
	struct piece piece;
	uint64_t sum = 0;

	while (next_piece(&cursor, &piece))
		sum += piece.length;
	return sum;
}

uint64_t offer_measure(const struct offer *offer)
{
	if (offer->shape >= OFFER_FILE)
		return offer_file_measure(offer);
	return offer->shape == OFFER_FLAT ? offer->count : total(offer);
}

uint64_t offer_accepted(const struct offer *offer, ssize_t result)
{
	const struct mmsghdr *messages = offer->base;
	uint64_t sum = 0;

	if (result <= 0)
		return 0;
	if (offer->shape != OFFER_MESSAGES)
		return (uint64_t)result;
	for (ssize_t i = 0; i < result; i++)
		sum += messages[i].msg_len;
	return sum;
}

uint64_t offer_total(const struct iovec *iov, size_t count)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < count; i++)
		sum += iov[i].iov_len;
	return sum;
}

/* True if the first `accepted` bytes are all there were. */
static bool feed_vector(const struct iovec *iov, size_t count, uint64_t accepted,
			const struct profile *profile, struct framing_state *state)
{
	uint64_t offered = offer_total(iov, count);
	bool whole = accepted == offered;

	for (size_t i = 0; i < count && accepted; i++) {
		size_t length = iov[i].iov_len < accepted ? iov[i].iov_len : (size_t)accepted;

		if (length && !state->desync)
			profile->feed(profile->framing, state, iov[i].iov_base, length, offered);
		accepted -= length;
		offered -= iov[i].iov_len;
	}
	return whole;
}

/* Each message of a sendmmsg is offered for itself: for framing `call` it is a call. The kernel may not have
 * looked at the headers behind the last one it sent. */
static bool feed_messages(const struct offer *offer, ssize_t sent, const struct profile *profile,
			  struct framing_state *state)
{
	const struct mmsghdr *messages = offer->base;
	bool whole = (size_t)sent == offer->count;

	for (ssize_t i = 0; i < sent; i++)
		whole &= feed_vector(messages[i].msg_hdr.msg_iov, (size_t)messages[i].msg_hdr.msg_iovlen,
				     messages[i].msg_len, profile, state);
	return whole;
}

const struct iovec *offer_pieces(const struct offer *offer, size_t *count)
{
	const struct msghdr *message = offer->base;

	if (offer->shape == OFFER_VECTOR) {
		*count = offer->count;
		return offer->base;
	}
	if (offer->shape != OFFER_MESSAGE)
		return NULL;
	*count = (size_t)message->msg_iovlen;
	return message->msg_iov;
}

static enum offer_fed fed(bool whole)
{
	return whole ? OFFER_FED_WHOLE : OFFER_FED_PART;
}

enum offer_fed offer_feed(const struct offer *offer, ssize_t result, const struct profile *profile,
			  struct framing_state *state)
{
	const struct iovec *iov;
	size_t count;

	switch (offer->shape) {
	case OFFER_FLAT:
		if (result && !framing_count(profile->framing, state, (uint64_t)result))
			profile->feed(profile->framing, state, offer->base, (size_t)result, offer->count);
		return fed((size_t)result == offer->count);
	case OFFER_VECTOR:
	case OFFER_MESSAGE:
		iov = offer_pieces(offer, &count);
		return fed(feed_vector(iov, count, (uint64_t)result, profile, state));
	case OFFER_MESSAGES:
		return fed(feed_messages(offer, result, profile, state));
	case OFFER_FILE:
	case OFFER_UNSEEN:
		return offer_file_feed(offer, (uint64_t)result, profile, state);
	}
	return OFFER_FED_BLIND;
}

static size_t copy_flat(const struct offer *offer, uint64_t skip, uint8_t *bytes, size_t size)
{
	const uint8_t *from = (const uint8_t *)offer->base + skip;
	size_t length = offer->count > skip ? offer->count - (size_t)skip : 0;

	length = memory_readable(from, length < size ? length : size);
	memcpy(bytes, from, length);
	return length;
}

static size_t copy(struct cursor *cursor, uint64_t skip, uint8_t *bytes, size_t size)
{
	struct piece piece;
	size_t copied = 0;

	while (copied < size && next_piece(cursor, &piece)) {
		if (skip >= piece.length) {
			skip -= piece.length;
			continue;
		}
		size_t length = piece.length - (size_t)skip;
		if (length > size - copied)
			length = size - copied;
		size_t readable = memory_readable(piece.bytes + skip, length);
		memcpy(bytes + copied, piece.bytes + skip, readable);
		copied += readable;
		if (readable < length)
			break;
		skip = 0;
	}
	return copied;
}

size_t offer_copy(const struct offer *offer, uint64_t skip, uint8_t *bytes, size_t size)
{
	if (offer->shape == OFFER_FLAT)
		return copy_flat(offer, skip, bytes, size);
	if (offer->shape >= OFFER_FILE)
		return offer_file_copy(offer, skip, bytes, size);
	struct cursor cursor = {.offer = offer};
	return copy(&cursor, skip, bytes, size);
}

size_t offer_copy_rest(const struct offer *offer, uint64_t accepted, uint8_t *bytes, size_t size)
{
	if (offer->shape == OFFER_FLAT)
		return copy_flat(offer, accepted, bytes, size);
	if (offer->shape >= OFFER_FILE)
		return offer_file_copy(offer, accepted, bytes, size);
	struct cursor cursor = {.offer = offer, .was_read = accepted && offer->shape != OFFER_MESSAGES};
	return copy(&cursor, accepted, bytes, size);
}

static bool flat_begins_with(const struct offer *offer, const uint8_t *bytes, size_t length)
{
	return memcmp(offer->base, bytes,
		      memory_readable(offer->base, offer->count < length ? offer->count : length)) == 0;
}

bool offer_begins_with(const struct offer *offer, const uint8_t *bytes, size_t length)
{
	if (offer->shape == OFFER_FLAT)
		return flat_begins_with(offer, bytes, length);
	if (offer->shape >= OFFER_FILE)
		return offer_file_begins_with(offer, bytes, length);
	struct cursor cursor = {.offer = offer};
	struct piece piece;

	while (length && next_piece(&cursor, &piece)) {
		size_t n = piece.length < length ? piece.length : length;
		size_t readable = memory_readable(piece.bytes, n);

		if (memcmp(piece.bytes, bytes, readable) != 0)
			return false;
		if (readable < n)
			return true;
		bytes += n;
		length -= n;
	}
	return true;
}
