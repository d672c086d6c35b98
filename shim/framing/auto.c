#include "presets.h"
#include "walk.h"

/*
 * What the first bytes of the writing side say for certain. Until they do, and if they say nothing, every
 * call is a message. The first FRAMING_HEAD_MAX bytes are kept in state->head meanwhile; once they tell, the
 * stream is parsed again from its first byte, so that the state is the one that protocol would have.
 */

/* What a stream may begin with: head[i] is in low[i]..high[i] for every i < length; head[2] % step is 0. No
 * stream has two of them. */
struct opening {
	enum preset protocol;
	uint8_t length;
	uint8_t step;
	uint8_t low[FRAMING_HEAD_MAX], high[FRAMING_HEAD_MAX];
};

#define PREFACE                                                                                            \
	'P', 'R', 'I', ' ', '*', ' ', 'H', 'T', 'T', 'P', '/', '2', '.', '0', '\r', '\n', '\r', '\n', 'S', \
	    'M', '\r', '\n', '\r', '\n'

static const struct opening openings[] = {
    /* TLS: a record of at most 16 KiB with a ClientHello or ServerHello of less than 64 KiB, or an alert */
    {PRESET_TLS, 7, 1, {0x16, 3, 0, 0, 0, 1, 0}, {0x16, 3, 4, 0x40, 0xff, 2, 0}},
    {PRESET_TLS, 5, 1, {0x15, 3, 0, 0, 2}, {0x15, 3, 4, 0, 2}},
    /* HTTP/2 client */
    {PRESET_HTTP2, 24, 1, {PREFACE}, {PREFACE}},
    /* HTTP/2 server: SETTINGS, at most 42 of them; as a length-prefixed message of 4 zero bytes looks like an
     * empty one, that needs the acknowledgement or WINDOW_UPDATE that comes next */
    {PRESET_HTTP2, 10, 6, {0, 0, 6, 4, 0, 0, 0, 0, 0, 0}, {0, 0, 252, 4, 0, 0, 0, 0, 0, 0}},
    {PRESET_HTTP2,
     18,
     1,
     {0, 0, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 4, 1},
     {0, 0, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 4, 1}},
    {PRESET_HTTP2,
     18,
     1,
     {0, 0, 0, 4, 0, 0, 0, 0, 0, 0, 0, 4, 8, 0},
     {0, 0, 0, 4, 0, 0, 0, 0, 0, 0, 0, 4, 8, 0}},
    /* ZMTP: the signature; its length or padding is at most 256 in everything that is known to speak it */
    {PRESET_ZMTP, 10, 1, {0xff, 0, 0, 0, 0, 0, 0, 0, 0, 0x7f}, {0xff, 0, 0, 0, 0, 0, 0, 1, 0xff, 0x7f}},
};

static bool fits(const struct opening *opening, const uint8_t *head, size_t have)
{
	for (size_t i = 0; i < have && i < opening->length; i++)
		if (head[i] < opening->low[i] || head[i] > opening->high[i])
			return false;
	return have < 3 || head[2] % opening->step == 0;
}

/* PRESET_AUTO: too few bytes to tell. */
static enum preset recognise(const uint8_t *head, size_t have)
{
	enum preset protocol = PRESET_CALL;

	for (size_t i = 0; i < sizeof(openings) / sizeof(openings[0]); i++) {
		if (!fits(&openings[i], head, have))
			continue;
		if (have >= openings[i].length)
			return openings[i].protocol;
		protocol = PRESET_AUTO;
	}
	return protocol;
}

/* Goes back to the first byte; `have` bytes came before. What earlier stages had, one message each, stays. */
static void replay(struct framing_state *state, enum preset protocol, size_t have)
{
	uint8_t first[FRAMING_HEAD_MAX];

	memcpy(first, state->head, have);
	state->messages = state->parser;
	framing_become(state, protocol);
	framing_feed(preset(protocol), state, first, have, have);
}

/* The calls so far were messages, and go on to be. */
static void become_call(struct framing_state *state)
{
	state->parser = (FRAMING_STAGES_MAX + (unsigned)PRESET_CALL) & 0x7fU;
	state->have = 0;
}

static void look(struct framing_state *state, const uint8_t *p, size_t n)
{
	size_t have = state->have;
	size_t take = n < FRAMING_HEAD_MAX - have ? n : FRAMING_HEAD_MAX - have;
	enum preset protocol;

	memcpy(state->head + have, p, take);
	protocol = recognise(state->head, have + take);
	if (protocol == PRESET_AUTO)
		state->have = (uint16_t)(have + take);
	else if (protocol == PRESET_CALL)
		become_call(state);
	else
		replay(state, protocol, have);
}

/* Recognition can show that the message of the call before had ended. */
static size_t advance(const struct framing *framing, struct framing_state *state, const uint8_t *p, size_t n,
		      uint64_t offered)
{
	const struct framing *call = preset(PRESET_CALL);

	(void)framing;
	look(state, p, n);
	return state->parser < FRAMING_STAGES_MAX ? call->class->advance(call, state, p, n, offered) : 0;
}

/* First bytes that nobody can see will never tell. */
static uint64_t skip(const struct framing *framing, struct framing_state *state, uint64_t n, uint64_t offered)
{
	const struct framing *call = preset(PRESET_CALL);

	(void)framing;
	if (n)
		become_call(state);
	return call->class->skip(call, state, n, offered);
}

const struct framing_class framing_auto = {.name = "auto", .advance = advance, .skip = skip};
