#ifndef POISONSHIM_OFFER_H
#define POISONSHIM_OFFER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include "rules.h"

/* The bytes that one write call offers, in the shape in which the program passed them. Nothing of it may be
 * touched before the kernel has accepted it, except through the functions below that say so. */
enum offer_shape {
	OFFER_FLAT,	/* base: bytes, count of them */
	OFFER_VECTOR,	/* base: struct iovec, count of them */
	OFFER_MESSAGE,	/* base: one struct msghdr */
	OFFER_MESSAGES, /* base: struct mmsghdr, count of them */
	OFFER_FILE,	/* base: struct offer_file, count bytes of it */
	OFFER_UNSEEN,	/* bytes from a pipe; nobody knows which, or how many: what is accepted was offered */
};

/* What sendfile was asked to read. The bytes are read a second time where the framing must see them. Nothing
 * is asked before somebody wants to know. */
struct offer_file {
	int fd;
	const void *offset; /* the program's, which may be garbage; NULL: it reads where the file stands */
	size_t offset_size;
	ssize_t returned; /* by the call; -1 before it */
};

struct offer {
	enum offer_shape shape;
	const void *base;
	size_t count;
};

/* Bytes that the call's return value stands for: msg_len summed for sendmmsg, the value itself otherwise. */
uint64_t offer_accepted(const struct offer *offer, ssize_t result);

enum offer_fed {
	OFFER_FED_PART,
	OFFER_FED_WHOLE, /* the kernel accepted all that was offered */
	OFFER_FED_BLIND, /* the framing had to see bytes that cannot be seen: its state is not to be trusted
			  */
};

/* Feeds the bytes that the kernel accepted, `result` >= 0 being the call's. */
enum offer_fed offer_feed(const struct offer *offer, ssize_t result, const struct profile *profile,
			  struct framing_state *state);

/* The pieces of an offer that has one vector of them, which the kernel has read; NULL: it has none. */
const struct iovec *offer_pieces(const struct offer *offer, size_t *count);

/* How many bytes they have. */
uint64_t offer_total(const struct iovec *iov, size_t count);

/* Copies at most `size` bytes from offset `skip` on, stops at the first that cannot be read; never faults.
 * Returns how many were copied. */
size_t offer_copy(const struct offer *offer, uint64_t skip, uint8_t *bytes, size_t size);

/* The same from the first byte on that the kernel refused. Its page is asked for even where the byte before
 * was accepted: of a mapped file it may have been cut off meanwhile. */
size_t offer_copy_rest(const struct offer *offer, uint64_t accepted, uint8_t *bytes, size_t size);

/* Compares the first bytes offered with bytes[0..length) as far as both reach and can be read; never faults.
 */
bool offer_begins_with(const struct offer *offer, const uint8_t *bytes, size_t length);

/* How many bytes a call offers, as far as its structures can be read; never faults. */
uint64_t offer_measure(const struct offer *offer);

#endif
