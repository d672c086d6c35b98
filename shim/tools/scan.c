#include "scan.h"

#include <string.h>

void scan_begin(struct scan *scan, const struct framing *framing, bool server)
{
	*scan = (struct scan){.framing = framing, .state.server = server};
}

bool scan_is_over(const struct scan *scan)
{
	return scan->end == SCAN_DESYNC || scan->end == SCAN_UNFRAMED;
}

static bool has_no_boundaries(const struct scan *scan, const struct framing_state *state)
{
	const char *protocol = framing_protocol(scan->framing, state);

	return framing_is_call(scan->framing, state) || (protocol && strcmp(protocol, "off") == 0);
}

/* The state with as few bytes of p[0..n) as show who parses them: as a rule it is one. */
static struct framing_state look_ahead(const struct scan *scan, const uint8_t *p, size_t n)
{
	struct framing_state told = scan->state, state = scan->state;
	size_t i = 0;

	while (i < n && (i == 0 || framing_is_undecided(scan->framing, &told)))
		framing_feed(scan->framing, &told, p + i++, 1, 1);
	framing_advance(scan->framing, &state, p, i, i);
	return state;
}

/* A message begins: who parses it? False if nobody does. */
static bool begin_message(struct scan *scan, const uint8_t *p, size_t n)
{
	struct framing_state ahead = look_ahead(scan, p, n);

	/* A message of one byte may have ended, and what comes behind it be another's. */
	if (!ahead.inside && !ahead.desync && !framing_is_undecided(scan->framing, &scan->state))
		ahead = scan->state;
	if (framing_is_undecided(scan->framing, &ahead) || has_no_boundaries(scan, &ahead)) {
		scan->end = SCAN_UNFRAMED;
		return false;
	}
	scan->first = scan->offset == 0 || scan->protocol != framing_protocol(scan->framing, &ahead);
	scan->protocol = framing_protocol(scan->framing, &ahead);
	scan->switched = ahead.parser != 0;
	scan->start = scan->offset;
	scan->have = 0;
	return true;
}

static void keep(struct scan *scan, const uint8_t *p, size_t n)
{
	size_t room = SCAN_HEAD_MAX - scan->have;
	size_t take = n < room ? n : room;

	memcpy(scan->head + scan->have, p, take);
	scan->have += take;
}

static void count(struct scan *scan)
{
	uint64_t length = scan->offset - scan->start;

	scan->messages++;
	if (length > scan->longest) {
		scan->longest = length;
		scan->longest_at = scan->start;
	}
}

/* Goes again through bytes that are wrong somewhere, one by one, from the state before them. */
static void find_desync(struct scan *scan, struct framing_state state, const uint8_t *p, size_t n)
{
	size_t at = 0;

	for (; at < n; at++) {
		framing_advance(scan->framing, &state, p + at, 1, 1);
		if (state.desync)
			break;
	}
	keep(scan, p, n);
	scan->offset += at;
	scan->found_length = n - at < SCAN_SHOWN ? n - at : SCAN_SHOWN;
	memcpy(scan->found, p + at, scan->found_length);
	scan->end = SCAN_DESYNC;
}

/* Up to the end of one message. */
static size_t step(struct scan *scan, const uint8_t *p, size_t n, scan_message *message, void *context)
{
	struct framing_state before = scan->state;
	size_t used = framing_advance(scan->framing, &scan->state, p, n, n);

	if (scan->state.desync) {
		find_desync(scan, before, p, n);
		return n;
	}
	keep(scan, p, used);
	scan->offset += used;
	if (!scan->state.inside) {
		count(scan);
		message(scan, context);
	}
	return used;
}

/* Framing auto wants to see the first bytes at once: what it has taken for a call would be a message. */
static bool needs_more(const struct scan *scan, const uint8_t *p, size_t n, bool last)
{
	struct framing_state ahead = scan->state;

	if (last || !framing_is_undecided(scan->framing, &ahead))
		return false;
	framing_feed(scan->framing, &ahead, p, n, n);
	return framing_is_undecided(scan->framing, &ahead);
}

size_t scan_feed(struct scan *scan, const uint8_t *p, size_t n, bool last, scan_message *message,
		 void *context)
{
	size_t used = 0;

	while (used < n && !scan_is_over(scan)) {
		if (needs_more(scan, p + used, n - used, last))
			break;
		if (!scan->state.inside && !begin_message(scan, p + used, n - used))
			break;
		used += step(scan, p + used, n - used, message, context);
	}
	return used;
}

void scan_finish(struct scan *scan)
{
	if (scan_is_over(scan) || !scan->state.inside)
		return;
	scan->end = framing_is_open_ended(scan->framing, &scan->state) ? SCAN_OPEN_ENDED : SCAN_INSIDE;
}
