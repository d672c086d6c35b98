#include "walk.h"

/* ITU-T X.690, 8.1: a tag, a length, and as many bytes. LDAP (RFC 4511, 5.1 and 5.2) is one SEQUENCE after
 * another, until a bind installs a security layer: then come buffers behind 4 bytes of length (RFC
 * 4422, 3.7).
 */

#define HIGH_TAG 0x1f
#define MORE 0x80    /* of a high tag number, bytes follow; of a length, so many bytes have it */
#define TAG_MAX 11   /* bytes: a number of 70 bits */
#define LENGTH_MAX 8 /* bytes of a length behind the one that says how many */
#define LDAP_LENGTH_MAX 4
#define SEQUENCE 0x30
#define LAYER_HEADER 4

_Static_assert(TAG_MAX + 1 + LENGTH_MAX <= FRAMING_HEAD_MAX, "a header is kept");

enum { FIRST, PLAIN, LAYER };

/* Bytes of the tag, as far as the first `have` bytes tell. */
static size_t tag_length(const uint8_t *head, size_t have)
{
	size_t last = 1;

	if (!have || (head[0] & HIGH_TAG) != HIGH_TAG)
		return 1;
	while (last < have && head[last] & MORE)
		last++;
	return last + 1;
}

/* Bytes of tag and length, as far as the first `have` bytes tell; 0: none such. A length of no bytes is the
 * indefinite one. */
static size_t header_length(const uint8_t *head, size_t have, size_t longest)
{
	size_t tag = tag_length(head, have), bytes;

	if (tag > TAG_MAX)
		return 0;
	if (have <= tag || !(head[tag] & MORE))
		return tag + 1;
	bytes = head[tag] & ~MORE & 0xff;
	return bytes && bytes <= longest ? tag + 1 + bytes : 0;
}

static uint64_t length_of(const uint8_t *head, size_t header)
{
	size_t tag = tag_length(head, header);

	return header == tag + 1 ? head[tag] : walk_number(head + tag + 1, header - tag - 1, false);
}

static size_t begin(const struct framing *framing, struct framing_state *state, uint64_t length, size_t used)
{
	uint64_t total = length + state->have;

	if (length > INT64_MAX - FRAMING_HEAD_MAX || walk_exceeds(framing, total))
		return walk_desync(state);
	walk_begin_frame(state, total, state->have);
	return used;
}

/* Most headers come in one piece: no byte of it needs to be kept. */
static size_t whole_header(const struct framing *framing, struct framing_state *state, const uint8_t *p,
			   size_t longest)
{
	size_t header = header_length(p, FRAMING_HEAD_MAX, longest);

	if (!header)
		return walk_desync(state);
	state->have = (uint16_t)header;
	return begin(framing, state, length_of(p, header), walk_sent(state, header));
}

static size_t value_header(const struct framing *framing, struct framing_state *state, const uint8_t *p,
			   size_t n, size_t longest)
{
	size_t used, need;

	if (!state->have && n >= FRAMING_HEAD_MAX)
		return whole_header(framing, state, p, longest);
	used = walk_header(state, p, n, header_length(state->head, state->have, longest), 0);
	need = header_length(state->head, state->have, longest);
	if (!need)
		return walk_desync(state);
	return state->have < need ? used : begin(framing, state, length_of(state->head, need), used);
}

static uint64_t value_total(const struct framing *framing, const uint8_t *p, size_t n, size_t longest)
{
	size_t header = n < FRAMING_HEAD_MAX ? 0 : header_length(p, n, longest);
	uint64_t length = header ? length_of(p, header) : 0;

	return !header || length > INT64_MAX - FRAMING_HEAD_MAX ? 0 : walk_allowed(framing, header + length);
}

static size_t layer_header(const struct framing *framing, struct framing_state *state, const uint8_t *p,
			   size_t n)
{
	size_t used = walk_header(state, p, n, LAYER_HEADER, 0);

	if (state->have < LAYER_HEADER)
		return used;
	return begin(framing, state, walk_number(state->head, LAYER_HEADER, false), used);
}

static size_t asn1_header(const struct framing *framing, struct framing_state *state, const uint8_t *p,
			  size_t n)
{
	return value_header(framing, state, p, n, LENGTH_MAX);
}

/* No mechanism agrees on buffers of 16 MiB: a length has 3 bytes in the negotiation of GSSAPI (RFC 4752, 3.1)
 * and DIGEST-MD5. A layer stays, or another takes its place. */
static bool begins(struct framing_state *state, uint8_t byte)
{
	if (byte == 0 && state->phase != FIRST) {
		state->phase = LAYER;
		return true;
	}
	if (byte != SEQUENCE || state->phase == LAYER)
		return false;
	state->phase = PLAIN;
	return true;
}

static size_t ldap_header(const struct framing *framing, struct framing_state *state, const uint8_t *p,
			  size_t n)
{
	if (!state->have && !begins(state, *p))
		return walk_desync(state);
	if (state->phase == LAYER)
		return layer_header(framing, state, p, n);
	return value_header(framing, state, p, n, LDAP_LENGTH_MAX);
}

static size_t asn1_advance(const struct framing *framing, struct framing_state *state, const uint8_t *p,
			   size_t n, uint64_t offered)
{
	(void)offered;
	return walk_frames(framing, state, p, n, asn1_header, walk_plain_payload);
}

static size_t ldap_advance(const struct framing *framing, struct framing_state *state, const uint8_t *p,
			   size_t n, uint64_t offered)
{
	(void)offered;
	return walk_frames(framing, state, p, n, ldap_header, walk_plain_payload);
}

static ALWAYS_INLINE uint64_t asn1_look(const struct framing *framing, const struct framing_state *state,
					const uint8_t *p, size_t n)
{
	(void)state;
	return value_total(framing, p, n, LENGTH_MAX);
}

static ALWAYS_INLINE uint64_t ldap_look(const struct framing *framing, const struct framing_state *state,
					const uint8_t *p, size_t n)
{
	if (state->phase != PLAIN || *p != SEQUENCE)
		return 0;
	return value_total(framing, p, n, LDAP_LENGTH_MAX);
}

WALK_WHOLE(asn1_feed, asn1_whole, asn1_look)
WALK_WHOLE(ldap_feed, ldap_whole, ldap_look)

const struct framing_class framing_asn1 = {
    .name = "asn1", .advance = asn1_advance, .feed = asn1_feed, .whole = asn1_whole};
const struct framing_class framing_ldap = {
    .name = "ldap", .advance = ldap_advance, .feed = ldap_feed, .whole = ldap_whole};
