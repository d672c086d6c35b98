#include "presets.h"
#include "walk.h"

/*
 * What the first bytes of the writing side say for certain. Until they do, and if they say nothing, every
 * call is a message. The first FRAMING_HEAD_MAX bytes are kept in state->head meanwhile; once they tell, the
 * stream is parsed again from its first byte, so that the state is the one that protocol would have.
 */

enum protocol { UNDECIDED, CALL, TLS, HTTP2, ZMTP }; /* every call is a message up to CALL */

static const enum preset presets[] = {
    [UNDECIDED] = PRESET_CALL, [CALL] = PRESET_CALL, [TLS] = PRESET_TLS,
    [HTTP2] = PRESET_HTTP2,    [ZMTP] = PRESET_ZMTP,
};

/* What a stream may begin with: head[i] is in low[i]..high[i] for every i < length; head[2] % step is 0. No
 * stream has two of them. */
struct opening {
	enum protocol protocol;
	uint8_t length;
	uint8_t step;
	uint8_t low[FRAMING_HEAD_MAX], high[FRAMING_HEAD_MAX];
};

#define PREFACE                                                                                            \
	'P', 'R', 'I', ' ', '*', ' ', 'H', 'T', 'T', 'P', '/', '2', '.', '0', '\r', '\n', '\r', '\n', 'S', \
	    'M', '\r', '\n', '\r', '\n'

static const struct opening openings[] = {
    /* TLS: a record of at most 16 KiB with a ClientHello or ServerHello of less than 64 KiB, or an alert */
    {TLS, 7, 1, {0x16, 3, 0, 0, 0, 1, 0}, {0x16, 3, 4, 0x40, 0xff, 2, 0}},
    {TLS, 5, 1, {0x15, 3, 0, 0, 2}, {0x15, 3, 4, 0, 2}},
    /* HTTP/2 client */
    {HTTP2, 24, 1, {PREFACE}, {PREFACE}},
    /* HTTP/2 server: SETTINGS, at most 42 of them; as a length-prefixed message of 4 zero bytes looks like an
     * empty one, that needs the acknowledgement or WINDOW_UPDATE that comes next */
    {HTTP2, 10, 6, {0, 0, 6, 4, 0, 0, 0, 0, 0, 0}, {0, 0, 252, 4, 0, 0, 0, 0, 0, 0}},
    {HTTP2, 18, 1, {0, 0, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 4, 1}, {0, 0, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 4, 1}},
    {HTTP2, 18, 1, {0, 0, 0, 4, 0, 0, 0, 0, 0, 0, 0, 4, 8, 0}, {0, 0, 0, 4, 0, 0, 0, 0, 0, 0, 0, 4, 8, 0}},
    /* ZMTP: the signature; its length or padding is at most 256 in everything that is known to speak it */
    {ZMTP, 10, 1, {0xff, 0, 0, 0, 0, 0, 0, 0, 0, 0x7f}, {0xff, 0, 0, 0, 0, 0, 0, 1, 0xff, 0x7f}},
};

static bool fits(const struct opening *opening, const uint8_t *head, size_t have)
{
	for (size_t i = 0; i < have && i < opening->length; i++)
		if (head[i] < opening->low[i] || head[i] > opening->high[i])
			return false;
	return have < 3 || head[2] % opening->step == 0;
}

static enum protocol recognise(const uint8_t *head, size_t have)
{
	enum protocol protocol = CALL;

	for (size_t i = 0; i < sizeof(openings) / sizeof(openings[0]); i++) {
		if (!fits(&openings[i], head, have))
			continue;
		if (have >= openings[i].length)
			return openings[i].protocol;
		protocol = UNDECIDED;
	}
	return protocol;
}

static const struct framing *chosen(const struct framing_state *state)
{
	return &framing_presets[presets[state->protocol]];
}

/* The chosen class gets this framing, not its own: a limit is given here, and the length field is TLS's. */
static void feed_recognised(const struct framing *framing, struct framing_state *state, const uint8_t *p,
			    size_t n)
{
	const struct framing_class *class = chosen(state)->class;

	(class->feed ? class->feed : framing_feed_each)(framing, state, p, n, n);
}

/* Goes back to the first byte of the stream; `have` bytes of it came before. */
static void replay(const struct framing *framing, struct framing_state *state, enum protocol protocol,
		   size_t have)
{
	struct framing_state fresh = {.protocol = (uint8_t)protocol};

	feed_recognised(framing, &fresh, state->head, have);
	*state = fresh;
}

static void look(const struct framing *framing, struct framing_state *state, const uint8_t *p, size_t n)
{
	size_t have = state->have;
	size_t take = n < FRAMING_HEAD_MAX - have ? n : FRAMING_HEAD_MAX - have;
	enum protocol protocol;

	memcpy(state->head + have, p, take);
	protocol = recognise(state->head, have + take);
	if (protocol == TLS || protocol == HTTP2 || protocol == ZMTP) {
		replay(framing, state, protocol, have);
		return;
	}
	state->protocol = (uint8_t)protocol;
	state->have = (uint16_t)(protocol == UNDECIDED ? have + take : 0);
}

static void feed(const struct framing *framing, struct framing_state *state, const uint8_t *p, size_t n,
		 uint64_t offered)
{
	if (state->protocol == UNDECIDED)
		look(framing, state, p, n);
	if (state->protocol <= CALL)
		framing_feed(chosen(state), state, p, n, offered);
	else
		feed_recognised(framing, state, p, n);
}

/* Recognition can show that the message of the call before had ended. */
static size_t advance(const struct framing *framing, struct framing_state *state, const uint8_t *p, size_t n,
		      uint64_t offered)
{
	bool inside = state->inside;

	if (state->protocol == UNDECIDED)
		look(framing, state, p, n);
	if (state->desync || (inside && !state->inside))
		return 0;
	return chosen(state)->class->advance(framing, state, p, n, offered);
}

const char *framing_recognised(const struct framing *framing, const struct framing_state *state)
{
	if (framing->class != &framing_auto || state->protocol == UNDECIDED)
		return framing->name;
	return chosen(state)->name;
}

bool framing_is_call(const struct framing *framing, const struct framing_state *state)
{
	return framing->class == &framing_call ||
	       (framing->class == &framing_auto && state->protocol <= CALL);
}

const struct framing_class framing_auto = {.name = "auto", .advance = advance, .feed = feed};
