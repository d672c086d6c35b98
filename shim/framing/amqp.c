#include "presets.h"
#include "walk.h"

/*
 * AMQP 0-9-1, and 0-9 and 0-8 before it. A message is a frame; a method that carries content is one message
 * with its content's header and bodies. Every channel may have a content open, so frames of others may come
 * between, and the message ends when none is open. Where more are open than there is room for, nobody knows
 * when that is, and from then on every frame is a message.
 */

enum { START, PROTOCOL_HEADER, VERSION_1, FIRST_FRAME, FRAMES, UNTRACKED };

enum { METHOD = 1, HEADER = 2, BODY = 3, HEARTBEAT = 8 };

enum { CLASS_CHANNEL = 20, CLASS_BASIC = 60, CLASS_MAX = 120 };

enum { BASIC_PUBLISH = 40, BASIC_RETURN = 50, BASIC_DELIVER = 60, BASIC_GET_OK = 71 };

#define PROTOCOL_LENGTH 8 /* the magic, a number, major, minor, revision */
#define VERSION_1_0_0 0x010000
#define FRAME_HEADER 7
#define FRAME_END 0xce
#define METHOD_ID 4	/* bytes of a METHOD that say which it is */
#define CONTENT_SIZE 12 /* bytes of a HEADER up to the end of the size: class, weight, size */

#define OPEN_MAX 3
#define HEADER_IS_NEXT UINT32_MAX

/* What framing_state.head holds once frames have begun. */
struct amqp {
	uint16_t channel;	 /* of the current frame */
	uint16_t open[OPEN_MAX]; /* channels with unfinished content; 0, which never has any: none */
	uint32_t word;		 /* the current frame's size, then what it begins with */
	uint32_t left[OPEN_MAX]; /* bytes of content to come, or HEADER_IS_NEXT */
} __attribute__((may_alias));

_Static_assert(sizeof(struct amqp) == FRAMING_HEAD_MAX, "that is what there is");

static struct amqp *own(struct framing_state *state)
{
	return (struct amqp *)(void *)state->head;
}

static unsigned step_of(const struct framing_state *state)
{
	return state->phase & 0xf;
}

static unsigned type_of(const struct framing_state *state)
{
	return state->phase >> 4;
}

static void set_phase(struct framing_state *state, unsigned step, unsigned type)
{
	state->phase = (uint8_t)(step | type << 4);
}

/* The index of a channel's content, or of room for one if the channel is 0; OPEN_MAX: there is none. */
static size_t find(const struct amqp *amqp, unsigned channel)
{
	size_t i = 0;

	while (i < OPEN_MAX && amqp->open[i] != channel)
		i++;
	return i;
}

static void close_content(struct amqp *amqp, size_t i)
{
	amqp->open[i] = 0;
	amqp->left[i] = 0;
}

static void stop_tracking(struct framing_state *state)
{
	for (size_t i = 0; i < OPEN_MAX; i++)
		close_content(own(state), i);
	set_phase(state, UNTRACKED, type_of(state));
}

static void open_content(struct framing_state *state)
{
	struct amqp *amqp = own(state);
	size_t i = find(amqp, 0);

	if (i == OPEN_MAX) {
		stop_tracking(state);
		return;
	}
	amqp->open[i] = amqp->channel;
	amqp->left[i] = HEADER_IS_NEXT;
}

static void note_open(const struct framing *framing, struct framing_state *state)
{
	const struct amqp *amqp = own(state);

	state->more = amqp->open[0] || amqp->open[1] || amqp->open[2];
	state->watch = state->more && !framing->frames;
}

static bool carries_content(uint32_t method)
{
	unsigned number = method & 0xffff;

	return method >> 16 == CLASS_BASIC && (number == BASIC_PUBLISH || number == BASIC_RETURN ||
					       number == BASIC_DELIVER || number == BASIC_GET_OK);
}

static void end_method_id(struct framing_state *state)
{
	if (carries_content(own(state)->word))
		open_content(state);
}

/* `word` has the high half of the size. */
static void end_content_size(struct framing_state *state)
{
	struct amqp *amqp = own(state);
	size_t i = find(amqp, amqp->channel);

	if (amqp->word || amqp->left[i] == HEADER_IS_NEXT)
		stop_tracking(state);
	else if (amqp->left[i] == 0)
		close_content(amqp, i);
}

static void take_prefix_byte(struct framing_state *state, uint8_t byte)
{
	struct amqp *amqp = own(state);

	if (type_of(state) == METHOD) {
		amqp->word = amqp->word << 8 | byte;
	} else {
		uint32_t *low = &amqp->left[find(amqp, amqp->channel)];

		amqp->word = amqp->word << 8 | *low >> 24;
		*low = *low << 8 | byte;
	}
}

/* The first bytes of a METHOD or HEADER, which tell what follows. */
static size_t take_prefix(const struct framing *framing, struct framing_state *state, const uint8_t *p,
			  size_t n)
{
	bool is_method = type_of(state) == METHOD;
	size_t need = FRAME_HEADER + (is_method ? METHOD_ID : CONTENT_SIZE);
	size_t take = n < need - state->have ? n : need - state->have;

	for (size_t i = 0; i < take; i++)
		take_prefix_byte(state, p[i]);
	state->have = (uint16_t)(state->have + take);
	if (state->have == need) {
		state->have = 0;
		(is_method ? end_method_id : end_content_size)(state);
		note_open(framing, state);
	}
	return walk_payload(state, take);
}

static size_t payload(const struct framing *framing, struct framing_state *state, const uint8_t *p, size_t n)
{
	size_t used;

	if (state->have)
		return take_prefix(framing, state, p, n);
	used = walk_payload(state, n);
	return state->left || p[used - 1] == FRAME_END ? used : walk_desync(state);
}

static void spend_body(struct amqp *amqp, size_t i, uint32_t size)
{
	if (amqp->left[i] == HEADER_IS_NEXT)
		return;
	if (size < amqp->left[i])
		amqp->left[i] -= size;
	else
		close_content(amqp, i);
}

/* A method ends what its channel had open: AMQP 0-9-1, section 2.3.5.2. Returns how many bytes of the frame
 * must be seen. */
static uint32_t begin_on_channel(struct framing_state *state)
{
	struct amqp *amqp = own(state);
	size_t i = find(amqp, amqp->channel);

	if (type_of(state) == METHOD) {
		if (i < OPEN_MAX)
			close_content(amqp, i);
		return METHOD_ID;
	}
	if (i < OPEN_MAX && type_of(state) == HEADER && amqp->left[i] == HEADER_IS_NEXT)
		return CONTENT_SIZE;
	if (i < OPEN_MAX && type_of(state) == BODY)
		spend_body(amqp, i, amqp->word);
	return 0;
}

static bool begin_frame(const struct framing *framing, struct framing_state *state)
{
	const struct amqp *amqp = own(state);
	uint64_t size = amqp->word;
	uint32_t seen = 0;

	if (walk_exceeds(framing, FRAME_HEADER + size + 1))
		return false;
	if (step_of(state) == FIRST_FRAME && amqp->channel)
		return false;
	if (step_of(state) == FIRST_FRAME)
		set_phase(state, FRAMES, type_of(state));
	if (step_of(state) == FRAMES && amqp->channel)
		seen = begin_on_channel(state);
	note_open(framing, state);
	walk_begin_frame(state, FRAME_HEADER + size + 1, FRAME_HEADER);
	if (seen)
		state->have = FRAME_HEADER;
	return size >= seen;
}

static bool is_type(const struct framing_state *state, uint8_t byte)
{
	if (step_of(state) == FIRST_FRAME)
		return byte == METHOD;
	return byte == METHOD || byte == HEADER || byte == BODY || byte == HEARTBEAT;
}

/* Type, channel, size. */
static bool take_header_byte(struct framing_state *state, uint8_t byte)
{
	struct amqp *amqp = own(state);
	unsigned at = state->have++;

	if (at == 0) {
		if (!is_type(state, byte))
			return false;
		set_phase(state, step_of(state), byte);
	} else if (at < 3) {
		amqp->channel = (uint16_t)(amqp->channel << 8 | byte);
	} else {
		amqp->word = amqp->word << 8 | byte;
	}
	return true;
}

static size_t take_header(const struct framing *framing, struct framing_state *state, const uint8_t *p,
			  size_t n)
{
	size_t used = 0;

	while (used < n && state->have < FRAME_HEADER)
		if (!take_header_byte(state, p[used++]))
			return walk_desync(state);
	walk_sent(state, used);
	if (state->have == FRAME_HEADER && !begin_frame(framing, state))
		return walk_desync(state);
	return used;
}

/* A client begins with it, and a server that speaks no such version answers with its own. */
static size_t take_protocol(struct framing_state *state, const uint8_t *p, size_t n)
{
	static const uint8_t magic[] = {'A', 'M', 'Q', 'P'};
	size_t used = walk_header(state, p, n, PROTOCOL_LENGTH, 0);

	if (memcmp(state->head, magic, state->have < sizeof(magic) ? state->have : sizeof(magic)) != 0)
		return walk_desync(state);
	if (state->have < PROTOCOL_LENGTH)
		return used;
	state->have = 0;
	if (walk_number(state->head + PROTOCOL_LENGTH - 3, 3, false) == VERSION_1_0_0) {
		set_phase(state, VERSION_1, 0);
	} else {
		memset(state->head, 0, sizeof(state->head));
		set_phase(state, FIRST_FRAME, 0);
	}
	return used;
}

/* The header counts as that protocol's. */
static void become_version_1(struct framing_state *state)
{
	uint8_t first[PROTOCOL_LENGTH];

	memcpy(first, state->head, sizeof(first));
	state->messages--;
	framing_become(state, PRESET_AMQP1);
	framing_feed(preset(PRESET_AMQP1), state, first, sizeof(first), sizeof(first));
}

static size_t header(const struct framing *framing, struct framing_state *state, const uint8_t *p, size_t n)
{
	if (step_of(state) == START)
		set_phase(state, *p == 'A' ? PROTOCOL_HEADER : FIRST_FRAME, 0);
	if (step_of(state) == PROTOCOL_HEADER)
		return take_protocol(state, p, n);
	return take_header(framing, state, p, n);
}

static size_t advance(const struct framing *framing, struct framing_state *state, const uint8_t *p, size_t n,
		      uint64_t offered)
{
	size_t used = walk_frames(framing, state, p, n, header, payload);

	(void)offered;
	if (step_of(state) == VERSION_1)
		become_version_1(state);
	return used;
}

static uint64_t skip(const struct framing *framing, struct framing_state *state, uint64_t n, uint64_t offered)
{
	(void)framing;
	(void)offered;
	return state->have ? 0 : framing_skip_payload(state, n);
}

/* AMQP 0-9-1, section 4.2.6: a channel's contents come one after another, with nothing else of that channel
 * in them; RabbitMQ ends the connection over it. Class channel is left out: its methods are about the channel
 * and not sent by whoever sends the content. */
static bool begins_another(const uint8_t *p)
{
	return p[0] == METHOD && walk_number(p + 3, 4, false) >= METHOD_ID && p[FRAME_HEADER] == 0 &&
	       p[FRAME_HEADER + 1] != CLASS_CHANNEL && p[FRAME_HEADER + 1] <= CLASS_MAX;
}

/* Looks behind frames of other channels too. */
static bool abandons(const struct framing *framing, const struct framing_state *state, const uint8_t *p,
		     size_t n)
{
	struct framing_state copy = *state;
	const struct amqp *amqp = own(&copy);

	(void)framing;
	if (state->left || state->have)
		return false;
	while (n >= FRAME_HEADER + METHOD_ID) {
		unsigned channel = (unsigned)walk_number(p + 1, 2, false);
		uint64_t total = FRAME_HEADER + walk_number(p + 3, 4, false) + 1;

		if (channel && find(amqp, channel) < OPEN_MAX)
			return begins_another(p);
		if (total > n || p[total - 1] != FRAME_END)
			return false;
		p += (size_t)total;
		n -= (size_t)total;
	}
	return false;
}

const struct framing_class framing_amqp = {.name = "amqp",
					   .advance = advance,
					   .feed = framing_feed_each,
					   .skip = skip,
					   .abandons = abandons,
					   .interleaves = true};
