#include "delimiter.h"

#include "walk.h"

/*
 * A message ends with the first delimiter that is complete. state->head keeps the last bytes of the message,
 * one less than the longest delimiter has.
 *
 * If no two delimiters can overlap, a write needs a look at its last bytes only: the stream is at a boundary
 * if it ends with a delimiter. Then state->messages counts the writes that did, not the delimiters in them,
 * and in a write that ends inside a message its beginning is searched backwards in SEARCH bytes; if it is not
 * there, state->sent counts the whole write. Delimiters that can overlap, and a limit of the message's
 * length, need every byte looked at; then both are exact.
 */

#define NO_BYTE 0x100
#define SEARCH 4096
#define STRIDE 256

/* True if bytes of `a` can be bytes of `b` too, other than when b ends where a ends. */
static bool overlap(const uint8_t *a, size_t a_length, const uint8_t *b, size_t b_length)
{
	for (size_t at = 0; at < a_length; at++) {
		size_t common = a_length - at < b_length ? a_length - at : b_length;

		if (at + b_length == a_length)
			continue;
		if (memcmp(a + at, b, common) == 0)
			return true;
	}
	return false;
}

static bool any_overlap(const struct delimiters *delimiters)
{
	for (unsigned i = 0; i < delimiters->count; i++)
		for (unsigned j = 0; j < delimiters->count; j++)
			if (overlap(delimiters->bytes[i], delimiters->length[i], delimiters->bytes[j],
				    delimiters->length[j]))
				return true;
	return false;
}

static bool is_one_byte(const struct framing *framing)
{
	return framing->delimiter.count == 1 && framing->delimiter.longest == 1 && !framing->max &&
	       !framing->sniffs_tls;
}

void delimiters_prepare(struct framing *framing)
{
	struct delimiters *delimiters = &framing->delimiter;

	delimiters->longest = 0;
	for (unsigned i = 0; i < delimiters->count; i++)
		if (delimiters->length[i] > delimiters->longest)
			delimiters->longest = delimiters->length[i];
	delimiters->scan = any_overlap(delimiters);
	delimiters->only = is_one_byte(framing) ? delimiters->bytes[0][0] : NO_BYTE;
}

/* Whether head[0..have) followed by p[0..end) ends with the delimiter. */
static bool ends_with(const struct framing_state *state, const uint8_t *p, size_t end,
		      const uint8_t *delimiter, size_t length)
{
	size_t before; /* how much of it stands in head */

	if (end >= length)
		return memcmp(p + end - length, delimiter, length) == 0;
	before = length - end;
	return state->have >= before && memcmp(state->head + state->have - before, delimiter, before) == 0 &&
	       memcmp(p, delimiter + before, end) == 0;
}

/* The end of the first copy of delimiter i that ends in p(from..to], or 0. */
static size_t first_end_of(const struct delimiters *delimiters, unsigned i, const struct framing_state *state,
			   const uint8_t *p, size_t from, size_t to)
{
	const uint8_t *bytes = delimiters->bytes[i];
	size_t length = delimiters->length[i];

	while (from < to) {
		const uint8_t *last = memchr(p + from, bytes[length - 1], to - from);

		if (!last)
			break;
		from = (size_t)(last - p) + 1;
		if (ends_with(state, p, from, bytes, length))
			return from;
	}
	return 0;
}

/* The end of the first delimiter, or 0. Looks for all of them in a little before it looks further for any. */
static size_t first_end(const struct delimiters *delimiters, const struct framing_state *state,
			const uint8_t *p, size_t n)
{
	size_t end = 0;

	for (size_t from = 0; from < n && !end; from += STRIDE)
		for (unsigned i = 0; i < delimiters->count; i++) {
			size_t to = end ? end : n - from < STRIDE ? n : from + STRIDE;
			size_t found = first_end_of(delimiters, i, state, p, from, to);

			if (found)
				end = found;
		}
	return end;
}

/* Keeps the last bytes of head[0..have) followed by p[0..n). */
static void keep(const struct delimiters *delimiters, struct framing_state *state, const uint8_t *p, size_t n)
{
	size_t size = delimiters->longest - 1U;
	size_t fresh = n < size ? n : size;
	size_t old = state->have < size - fresh ? state->have : size - fresh;

	if (!size)
		return;
	memmove(state->head, state->head + state->have - old, old);
	memcpy(state->head + old, p + n - fresh, fresh);
	state->have = (uint16_t)(old + fresh);
}

static void end_message(struct framing_state *state)
{
	state->have = 0;
	walk_end_message(state);
}

static bool is_too_long(const struct framing *framing, const struct framing_state *state)
{
	return walk_exceeds(framing, state->sent);
}

static size_t advance(const struct framing *framing, struct framing_state *state, const uint8_t *p, size_t n,
		      uint64_t offered)
{
	const struct delimiters *delimiters = &framing->delimiter;
	size_t end = first_end(delimiters, state, p, n);
	size_t used = end ? end : n;

	(void)offered;
	walk_sent(state, used);
	if (is_too_long(framing, state))
		return walk_desync(state);
	if (end)
		end_message(state);
	else
		keep(delimiters, state, p, n);
	return used;
}

/* The end of the last copy of delimiter i that ends in p(from..to], or `from`. */
static size_t last_end_of(const struct delimiters *delimiters, unsigned i, const struct framing_state *state,
			  const uint8_t *p, size_t from, size_t to)
{
	const uint8_t *bytes = delimiters->bytes[i];
	size_t length = delimiters->length[i];

	while (to > from) {
		const uint8_t *last = memrchr(p + from, bytes[length - 1], to - from);

		if (!last)
			break;
		if (ends_with(state, p, (size_t)(last - p) + 1, bytes, length))
			return (size_t)(last - p) + 1;
		to = (size_t)(last - p);
	}
	return from;
}

/* The end of the last delimiter in the last SEARCH bytes, or 0. */
static size_t last_end(const struct delimiters *delimiters, const struct framing_state *state,
		       const uint8_t *p, size_t n)
{
	size_t start = n > SEARCH ? n - SEARCH : 0;
	size_t end = start;

	for (unsigned i = 0; i < delimiters->count; i++)
		end = last_end_of(delimiters, i, state, p, end, n);
	return end > start ? end : 0;
}

static void feed_suffix(const struct framing *framing, struct framing_state *state, const uint8_t *p,
			size_t n)
{
	size_t end = last_end(&framing->delimiter, state, p, n);

	if (end) {
		state->have = 0;
		state->sent = 0;
	}
	if (end == n) {
		end_message(state);
		return;
	}
	walk_sent(state, n - end);
	keep(&framing->delimiter, state, p + end, n - end);
}

/* Out of line, so that nothing is saved for it on the way through feed(). */
__attribute__((noinline)) static void feed_other(const struct framing *framing, struct framing_state *state,
						 const uint8_t *p, size_t n, uint64_t offered)
{
	if (framing->delimiter.scan || framing->max || framing->sniffs_tls)
		framing_feed_each(framing, state, p, n, offered);
	else if (n)
		feed_suffix(framing, state, p, n);
}

/* Most writes are whole lines. */
static void feed(const struct framing *framing, struct framing_state *state, const uint8_t *p, size_t n,
		 uint64_t offered)
{
	if (n && p[n - 1] == framing->delimiter.only)
		walk_end_message(state);
	else
		feed_other(framing, state, p, n, offered);
}

const struct framing_class framing_delimiter = {
    .name = "delimiter", .advance = advance, .feed = feed, .stays = true};
