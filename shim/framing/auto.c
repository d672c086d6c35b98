#include "openings.h"
#include "walk.h"

/*
 * What the first bytes of the writing side say for certain. Until they do, and if they say nothing, every
 * call is a message. The first FRAMING_HEAD_MAX bytes are kept in state->head meanwhile; once they tell, the
 * stream is parsed again from its first byte, so that the state is the one that protocol would have.
 *
 * A request's line is longer than that, and what it is says its end. Nothing that a protocol here keeps of
 * such a line depends on what is asked for: of that the first byte does for all.
 */

#define LINE_MAX UINT16_MAX /* what state->have can count */

static const struct {
	enum preset protocol;
	enum opening_side side;
	const char *low, *high;
} versions[] = {
    {PRESET_HTTP1, OPENING_CLIENT, "HTTP/1.0\r\n", "HTTP/1.1\r\n"},
    {PRESET_SIP, OPENING_EITHER, "SIP/2.0\r\n", "SIP/2.0\r\n"},
};

/* Where in the line the next byte is, in state->phase: behind the space it is a row of `versions`, counted
 * from 1 and times VERSION, and how many bytes of it there were. */
enum { TARGET, SPACE, VERSION = 0x10 };

struct verdict {
	enum preset protocol; /* PRESET_AUTO: too few bytes to tell */
	enum opening_side side;
	size_t prefix; /* of a line: so many bytes are in a row of the table; 0: it is none */
	uint8_t phase; /* of a line: behind the last byte */
};

static bool fits(const struct opening *opening, const struct framing_state *state, size_t have)
{
	const uint8_t *head = state->head;

	if (opening->side == OPENING_GUESS && state->server)
		return false;
	for (size_t i = 0; i < have && i < opening->length; i++)
		if (head[i] < opening->low[i] || head[i] > opening->high[i])
			return false;
	return have < 3 || head[2] % opening->step == 0;
}

/* The kept bytes are the first `have` of the stream. */
static struct verdict recognise(const struct framing_state *state, size_t have)
{
	struct verdict verdict = {.protocol = PRESET_CALL};

	for (size_t i = 0; i < framing_openings_count; i++) {
		const struct opening *opening = &framing_openings[i];

		if (!fits(opening, state, have))
			continue;
		verdict.protocol = PRESET_AUTO;
		if (have < opening->length)
			continue;
		verdict.protocol = opening->protocol;
		verdict.side = opening->side;
		verdict.prefix = opening->protocol == PRESET_AUTO ? opening->length : 0;
		break;
	}
	return verdict;
}

static bool is_of_target(uint8_t c)
{
	return c > ' ' && c != 0x7f;
}

/* PRESET_AUTO: the line goes on. */
static enum preset begin_version(uint8_t *phase, uint8_t c)
{
	for (size_t i = 0; i < sizeof(versions) / sizeof(versions[0]); i++)
		if (c == (uint8_t)versions[i].low[0]) {
			*phase = (uint8_t)((i + 1) * VERSION + 1);
			return PRESET_AUTO;
		}
	return PRESET_CALL;
}

static enum preset take_version(struct verdict *verdict, uint8_t c)
{
	uint8_t row = (uint8_t)(verdict->phase / VERSION - 1), at = verdict->phase % VERSION;

	if (c < (uint8_t)versions[row].low[at] || c > (uint8_t)versions[row].high[at])
		return PRESET_CALL;
	verdict->phase++;
	verdict->side = versions[row].side;
	return versions[row].low[at + 1] ? PRESET_AUTO : versions[row].protocol;
}

static enum preset take(struct verdict *verdict, uint8_t c)
{
	if (verdict->phase == TARGET) {
		verdict->phase = c == ' ' ? SPACE : TARGET;
		return c == ' ' || is_of_target(c) ? PRESET_AUTO : PRESET_CALL;
	}
	return verdict->phase == SPACE ? begin_version(&verdict->phase, c) : take_version(verdict, c);
}

/* p[0..n) come behind the first `have` bytes. */
static void read_line(struct verdict *verdict, size_t have, const uint8_t *p, size_t n)
{
	size_t i = have < verdict->prefix ? verdict->prefix - have : 0;

	for (; i < n && have + i < LINE_MAX && verdict->protocol == PRESET_AUTO; i++)
		verdict->protocol = take(verdict, p[i]);
	if (verdict->protocol == PRESET_AUTO && n > LINE_MAX - have)
		verdict->protocol = PRESET_CALL;
}

/* Bytes that lead to the same state as those that came before. Returns how many. */
static size_t abridge(uint8_t *first, const struct framing_state *state, size_t prefix)
{
	uint8_t row = state->phase / VERSION, at = state->phase % VERSION;
	size_t n = state->have;

	if (!prefix || n < prefix) {
		memcpy(first, state->head, n);
		return n;
	}
	memcpy(first, state->head, prefix);
	if (state->phase == TARGET)
		return prefix;
	first[prefix] = ' ';
	if (!row)
		return prefix + 1;
	memcpy(first + prefix + 1, versions[row - 1].low, at);
	return prefix + 1 + at;
}

/* Goes back to the first byte. What earlier stages had, one message each, stays. */
static void replay(struct framing_state *state, const struct verdict *verdict)
{
	uint8_t first[FRAMING_HEAD_MAX + VERSION];
	size_t have = state->have, n = abridge(first, state, verdict->prefix);

	if (verdict->side != OPENING_EITHER)
		state->server = verdict->side == OPENING_SERVER;
	state->messages = state->parser;
	framing_become(state, verdict->protocol);
	framing_feed(preset(verdict->protocol), state, first, n, n);
	if (verdict->prefix)
		state->sent = have;
}

/* The calls so far were messages, and go on to be. */
static void become_call(struct framing_state *state)
{
	state->parser = (FRAMING_STAGES_MAX + (unsigned)PRESET_CALL) & 0x7fU;
	state->have = 0;
	state->phase = 0;
}

static size_t keep(struct framing_state *state, const uint8_t *p, size_t n)
{
	size_t have = state->have < FRAMING_HEAD_MAX ? state->have : FRAMING_HEAD_MAX;
	size_t take = n < FRAMING_HEAD_MAX - have ? n : FRAMING_HEAD_MAX - have;

	memcpy(state->head + have, p, take);
	return have + take;
}

static void look(struct framing_state *state, const uint8_t *p, size_t n)
{
	size_t kept = keep(state, p, n);
	struct verdict verdict = recognise(state, kept);

	verdict.phase = state->phase;
	if (verdict.prefix)
		read_line(&verdict, state->have, p, n);
	if (verdict.protocol == PRESET_CALL) {
		become_call(state);
	} else if (verdict.protocol == PRESET_AUTO) {
		state->have = (uint16_t)(state->have + n);
		state->phase = verdict.phase;
	} else {
		replay(state, &verdict);
	}
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
