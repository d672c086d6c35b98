#include "presets.h"
#include "walk.h"

/*
 * What the first bytes of the writing side say for certain. Until they do, and if they say nothing, every
 * call is a message. The first FRAMING_HEAD_MAX bytes are kept in state->head meanwhile; once they tell, the
 * stream is parsed again from its first byte, so that the state is the one that protocol would have.
 */

enum protocol { UNDECIDED, CALL, TLS, HTTP2, ZMTP };

/* The classes get framing auto, not a framing of their own: a limit is given there, and its length field is
 * that of TLS. */
static const struct {
	const char *name;
	const struct framing_class *class;
} protocols[] = {
    [UNDECIDED] = {"auto", &framing_call},  [CALL] = {"call", &framing_call},
    [TLS] = {"tls", &framing_length_field}, [HTTP2] = {"http2", &framing_http2},
    [ZMTP] = {"zmtp", &framing_zmtp},
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

/* Goes back to the first byte of the stream; `have` bytes of it came before. */
static void replay(const struct framing *framing, struct framing_state *state, enum protocol protocol,
		   size_t have)
{
	struct framing_state fresh = {.protocol = (uint8_t)protocol};

	protocols[protocol].class->feed(framing, &fresh, state->head, have, have);
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

/* Out of line, so that nothing is saved for it on the way through feed(). */
__attribute__((noinline)) static void feed_first(const struct framing *framing, struct framing_state *state,
						 const uint8_t *p, size_t n, uint64_t offered)
{
	if (n == 0)
		return;
	look(framing, state, p, n);
	if (state->protocol == UNDECIDED)
		framing = &framing_presets[PRESET_CALL];
	protocols[state->protocol].class->feed(framing, state, p, n, offered);
}

static void feed(const struct framing *framing, struct framing_state *state, const uint8_t *p, size_t n,
		 uint64_t offered)
{
	if (state->protocol == UNDECIDED)
		feed_first(framing, state, p, n, offered);
	else
		protocols[state->protocol].class->feed(framing, state, p, n, offered);
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
	return protocols[state->protocol].class->advance(framing, state, p, n, offered);
}

/* First bytes that nobody can see will never tell. */
static uint64_t skip(const struct framing *framing, struct framing_state *state, uint64_t n, uint64_t offered)
{
	const struct framing_class *class;

	if (n && state->protocol == UNDECIDED) {
		state->protocol = CALL;
		state->have = 0;
	}
	class = protocols[state->protocol].class;
	return class->skip ? class->skip(framing, state, n, offered) : framing_skip_payload(state, n);
}

const char *framing_recognised(const struct framing *framing, const struct framing_state *state)
{
	return framing->class == &framing_auto ? protocols[state->protocol].name : framing->name;
}

bool framing_is_call(const struct framing *framing, const struct framing_state *state)
{
	return framing->class == &framing_call ||
	       (framing->class == &framing_auto && state->protocol == CALL);
}

bool framing_is_undecided(const struct framing *framing, const struct framing_state *state)
{
	return framing->class == &framing_auto && state->protocol == UNDECIDED;
}

const struct framing_class framing_auto = {.name = "auto", .advance = advance, .feed = feed, .skip = skip};
