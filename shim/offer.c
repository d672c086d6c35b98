#include "offer.h"

#include <limits.h>
#include <string.h>

#include "memory.h"

/* Walks the pieces of an offer. `guarded`: the structures may be garbage, look before touching. */
struct cursor {
	const struct offer *offer;
	bool guarded;
	size_t message;		 /* OFFER_MESSAGES: the next one */
	const struct iovec *iov; /* the current vector */
	size_t left;		 /* its pieces still to come */
	bool opened;
};

struct piece {
	const uint8_t *bytes;
	size_t length;
};

static bool can_touch(const struct cursor *cursor, const void *p, size_t length)
{
	return !cursor->guarded || memory_readable(p, length) == length;
}

static bool open_vector(struct cursor *cursor, const struct iovec *iov, size_t count)
{
	if (count > IOV_MAX)
		return false;
	cursor->iov = iov;
	cursor->left = count;
	return true;
}

static bool open_message(struct cursor *cursor, const struct msghdr *message)
{
	return can_touch(cursor, message, sizeof(*message)) &&
	       open_vector(cursor, message->msg_iov, message->msg_iovlen);
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
	if (cursor->offer->shape == OFFER_FLAT) {
		*piece = (struct piece){cursor->offer->base, cursor->offer->count};
		return !cursor->opened && (cursor->opened = true);
	}
	while (!cursor->left)
		if (!next_vector(cursor))
			return false;
	if (!can_touch(cursor, cursor->iov, sizeof(*cursor->iov)))
		return false;
	*piece = (struct piece){cursor->iov->iov_base, cursor->iov->iov_len};
	cursor->iov++;
	cursor->left--;
	return true;
}

static uint64_t total(const struct offer *offer, bool guarded)
{
	struct cursor cursor = {.offer = offer, .guarded = guarded};
	struct piece piece;
	uint64_t sum = 0;

	while (next_piece(&cursor, &piece))
		sum += piece.length;
	return sum;
}

uint64_t offer_total(const struct offer *offer)
{
	/* sendmmsg may stop before it has looked at the last headers. */
	return offer->shape == OFFER_FLAT ? offer->count : total(offer, offer->shape == OFFER_MESSAGES);
}

uint64_t offer_measure(const struct offer *offer)
{
	return total(offer, true);
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

/* Each message of a sendmmsg is offered for itself: for framing `call` it is a call. */
static uint64_t offered_here(const struct cursor *cursor, const struct piece *piece, uint64_t rest)
{
	uint64_t sum = piece->length;

	if (cursor->offer->shape != OFFER_MESSAGES)
		return rest;
	for (size_t i = 0; i < cursor->left; i++)
		sum += cursor->iov[i].iov_len;
	return sum;
}

void offer_feed(const struct offer *offer, uint64_t accepted, const struct framing *framing,
		struct framing_state *state)
{
	struct cursor cursor = {.offer = offer};
	uint64_t rest = offer_total(offer);
	struct piece piece;

	while (accepted && next_piece(&cursor, &piece)) {
		size_t length = piece.length < accepted ? piece.length : (size_t)accepted;

		if (length)
			framing_feed(framing, state, piece.bytes, length,
				     offered_here(&cursor, &piece, rest));
		accepted -= length;
		rest -= piece.length;
	}
}

size_t offer_copy(const struct offer *offer, uint64_t skip, uint8_t *bytes, size_t size)
{
	struct cursor cursor = {.offer = offer, .guarded = true};
	struct piece piece;
	size_t copied = 0;

	while (copied < size && next_piece(&cursor, &piece)) {
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

bool offer_begins_with(const struct offer *offer, const uint8_t *bytes, size_t length)
{
	struct cursor cursor = {.offer = offer, .guarded = true};
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
