#include "length_field.h"

#include "lane.h"
#include "walk.h"

/* A frame is a header with a length in it, as many bytes as that says (Netty's formula, framing.h), and maybe
 * a trailer. Of a long header only the last FRAMING_HEAD_MAX bytes are kept: `head` points at those. */

static uint32_t larger(uint32_t a, uint32_t b)
{
	return a > b ? a : b;
}

static uint32_t smaller(uint32_t a, uint32_t b)
{
	return a < b ? a : b;
}

/* How many bytes of the header come before the ones that are kept. */
static uint32_t skipped(const struct length_field *field)
{
	return field->header > FRAMING_HEAD_MAX ? field->header - FRAMING_HEAD_MAX : 0;
}

static uint64_t field_mask(const struct length_field *field)
{
	return field->mask ? field->mask : UINT64_MAX;
}

static uint64_t full_mask(const struct length_field *field)
{
	return UINT64_MAX >> (64 - 8 * field->length);
}

/* An 8-byte field plus a positive adjustment can overflow; the fast path does not look for that. */
static bool is_plain(const struct length_field *field)
{
	return field->mask == full_mask(field) && !field->last && !field->more && !field->has_continues &&
	       !field->pad_length && !field->trailer_length && (field->length < 8 || field->adjustment <= 0);
}

/* A frame that begins with TLS's first byte may be one: it is not longer than the limit for that. */
static bool may_begin_like_tls(const struct framing *framing)
{
	const struct length_field *field = &framing->length;

	return framing->sniffs_tls &&
	       (field->offset || field->little_endian || field->adjustment < 0 || !framing->max ||
		framing->max >> (8 * (field->length - 1)) >= TLS_HANDSHAKE);
}

/* A fast_room of 0 keeps every write off the fast path. */
static void prepare_fast(struct framing *framing)
{
	struct length_field *field = &framing->length;
	uint64_t fast = (uint64_t)field->offset + 8, max = framing->max ? framing->max : UINT64_MAX;
	bool is_fast = is_plain(field) && fast <= max;

	field->fast = is_fast ? (uint32_t)fast : 0;
	field->fast_room = is_fast ? max - fast + 1 : 0;
	field->bare_room =
	    field->check || field->magic_length || field->least > fast || may_begin_like_tls(framing)
		? 0
		: field->fast_room;
}

bool length_field_prepare(struct framing *framing)
{
	struct length_field *field = &framing->length;
	uint32_t first = field->offset;

	field->header = field->offset + field->length;
	if (field->pad_length) {
		first = smaller(first, field->pad_offset);
		field->header = larger(field->header, field->pad_offset + field->pad_length);
	}
	if (field->magic_length) {
		first = smaller(first, field->magic_offset);
		field->header = larger(field->header, field->magic_offset + field->magic_length);
	}
	field->header = larger(field->header, field->look);
	field->least = larger(field->least, field->header + field->trailer_length);
	if (!field->mask)
		field->mask = full_mask(field);
	field->added = (int64_t)field->offset + field->length + field->adjustment;
	prepare_fast(framing);
	field->shift = field->little_endian ? 0 : (uint8_t)(64 - 8 * field->length);
	return field->header <= LENGTH_FIELD_HEADER_MAX && skipped(field) <= first;
}

static bool add(uint64_t *total, int64_t value)
{
	return !__builtin_add_overflow(*total, value, total);
}

/* The length of the frame whose header is complete; false if no frame of this framing has that header. */
static bool frame_total(const struct framing *framing, const uint8_t *head, uint64_t raw, uint64_t *total)
{
	const struct length_field *field = &framing->length;

	*total = raw & field_mask(field);
	if (!add(total, (int64_t)field->offset + field->length + field->adjustment))
		return false;
	if (field->pad_length && !add(total, (int64_t)walk_number(head + field->pad_offset - skipped(field),
								  field->pad_length, field->little_endian)))
		return false;
	return *total >= field->least && *total <= INT64_MAX && (!framing->max || *total <= framing->max);
}

static bool has_magic(const struct length_field *field, const uint8_t *head)
{
	return memcmp(head + (field->magic_offset - skipped(field)), field->magic, field->magic_length) == 0;
}

static bool goes_on(const struct length_field *field, uint64_t raw)
{
	return (field->last && !(raw & field->last)) || raw & field->more ||
	       (field->has_continues && (raw & field_mask(field)) == field->continues);
}

static bool begin_frame(const struct framing *framing, struct framing_state *state, const uint8_t *head)
{
	const struct length_field *field = &framing->length;
	uint64_t raw =
	    walk_number(head + field->offset - skipped(field), field->length, field->little_endian);
	uint64_t total;

	if (!frame_total(framing, head, raw, &total))
		return false;
	if (field->magic_length && !has_magic(field, head))
		return false;
	state->more = goes_on(field, raw);
	if (field->check && !field->check(state, head, total))
		return false;
	walk_begin_frame(state, total, field->header);
	return true;
}

static size_t header(const struct framing *framing, struct framing_state *state, const uint8_t *p, size_t n)
{
	const struct length_field *field = &framing->length;
	const uint8_t *head = state->head;
	size_t used;

	if (state->have == 0 && n >= field->header) {
		used = walk_sent(state, field->header);
		head = p + skipped(field);
	} else {
		used = walk_header(state, p, n, field->header, skipped(field));
		if (state->have < field->header)
			return used;
	}
	return begin_frame(framing, state, head) ? used : walk_desync(state);
}

/* Some of the frame's rest; the trailer is its last bytes. */
static size_t payload(const struct framing *framing, struct framing_state *state, const uint8_t *p, size_t n)
{
	const struct length_field *field = &framing->length;
	uint64_t before = state->left;
	size_t used = walk_payload(state, n);
	uint64_t skip = before > field->trailer_length ? before - field->trailer_length : 0;

	for (uint64_t i = skip; i < used; i++)
		if (p[i] != field->trailer[field->trailer_length - (before - i)])
			return walk_desync(state);
	return used;
}

static size_t advance(const struct framing *framing, struct framing_state *state, const uint8_t *p, size_t n,
		      uint64_t offered)
{
	(void)offered;
	return walk_frames(framing, state, p, n, header, payload);
}

static uint64_t length_in(const struct length_field *field, const uint8_t *p, size_t n)
{
	if (n >= field->fast)
		return framing_lane_load(field, p);
	return walk_number(p + field->offset, field->length, field->little_endian);
}

/* A header begins with the write. What does not fit a limit is left to the long way, which knows why. */
static bool feed_from_header(const struct framing *framing, struct framing_state *state, const uint8_t *p,
			     size_t n)
{
	const struct length_field *field = &framing->length;
	uint64_t total = length_in(field, p, n) + (uint64_t)field->added;

	if (framing_begins_tls(framing, state, p))
		return false;
	if (field->magic_length && !has_magic(field, p + skipped(field)))
		return false;
	if (total < n || (int64_t)total < field->least || total - 1 > framing->max - 1)
		return false;
	if (field->check && (!field->check(state, p, total) || state->more))
		return false;
	state->left = total - n;
	walk_sent(state, n);
	if (!state->left)
		walk_end_message(state);
	return true;
}

/* Nothing but the rest of the last frame of a message, or some of it. */
static bool feed_rest(const struct length_field *field, struct framing_state *state, size_t n)
{
	if (n == 0 || n > state->left || state->more || field->trailer_length)
		return false;
	walk_payload(state, n);
	if (!state->left)
		walk_end_message(state);
	return true;
}

/* A whole header does, whose length is all that it has to say. */
static bool has_plain_header(const struct length_field *field, const struct framing_state *state, size_t n)
{
	return !state->inside && field->fast_room && n >= field->header;
}

/* Out of line, so that nothing is saved for it on the way through feed(). */
__attribute__((noinline)) static void feed_other(const struct framing *framing, struct framing_state *state,
						 const uint8_t *p, size_t n, uint64_t offered)
{
	const struct length_field *field = &framing->length;

	if (has_plain_header(field, state, n) ? feed_from_header(framing, state, p, n)
					      : feed_rest(field, state, n))
		return;
	framing_feed_each(framing, state, p, n, offered);
}

/* Most writes are one whole frame of the plainest framing. */
static void feed(const struct framing *framing, struct framing_state *state, const uint8_t *p, size_t n,
		 uint64_t offered)
{
	const struct length_field *field = &framing->length;

	if (framing_lane_is_frame(field, state, p, n))
		state->messages++;
	else
		feed_other(framing, state, p, n, offered);
}

/* Without a trailer the last bytes of a frame need not be seen either. */
static uint64_t skip(const struct framing *framing, struct framing_state *state, uint64_t n, uint64_t offered)
{
	(void)offered;
	if (framing->length.trailer_length || state->more)
		return framing_skip_payload(state, n);
	if (n > state->left)
		n = state->left;
	state->left -= n;
	state->sent += n;
	if (n && !state->left)
		walk_end_message(state);
	return n;
}

const struct framing_class framing_length_field = {.name = "length-field",
						   .advance = advance,
						   .feed = feed,
						   .stays = true,
						   .skip = skip,
						   .counts_rest = true};
