/* libFuzzer on one framing, the one that FUZZ_FRAMING says (with options, as in POISONSHIM_FRAMING). The
 * first bytes of an input say how the rest, a stream, is cut into pieces. */

#include <stdlib.h>
#include <string.h>

#include "../../shim/rules.h"
#include "../framing/invariants.h"
#include "limits.h"

#define CUTS 4 /* bytes of input in front of the stream */

/* limits.h; about twice the most that was seen, where each byte is a message, or `auto` goes through its
 * table. The square of the longest input would be more. */
#define WORK_A_CALL 6000
#define WORK_A_BYTE 300

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct rules rules;

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	const char *text = getenv("FUZZ_FRAMING");
	struct parse parse = text ? parse_text(text, strlen(text)) : (struct parse){0};
	const struct profile defaults = {0};

	(void)argc;
	(void)argv;
	if (!rules_parse_framing(&parse, &rules, &defaults))
		invariant_broken(parse.expected, text);
	return 0;
}

static size_t one_byte(void *closure, size_t left)
{
	(void)closure;
	(void)left;
	return 1;
}

static size_t all(void *closure, size_t left)
{
	(void)closure;
	return left;
}

struct cuts {
	const uint8_t *lengths; /* CUTS of them, used in turn */
	unsigned next;
};

static size_t chosen(void *closure, size_t left)
{
	struct cuts *cuts = closure;
	size_t n = cuts->lengths[cuts->next++ % CUTS];

	if (n == 0 && cuts->next % CUTS == 0)
		n = 1; /* there may be nothing but zeros */
	return n < left ? n : left;
}

/* The time it takes grows with the bytes, and with nothing else. */
static struct framing_state feed_at_once(const struct framing *framing, struct framing_state state,
					 const uint8_t *stream, size_t length)
{
	uint64_t before = work_done();

	state = feed_in_pieces(framing, state, stream, length, all, NULL);
	if (work_done() - before > WORK_A_CALL + WORK_A_BYTE * length)
		invariant_broken("more work than the bytes are worth", framing->name);
	return state;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct framing *framing = rules.rule[0].profile.framing;
	struct framing_state start = {.server = rules.rule[0].profile.role == ROLE_SERVER};

	end_in_time();
	if (size <= CUTS)
		return 0;
	const uint8_t *stream = data + CUTS;
	struct cuts cuts = {data, 0};
	size_t length = size - CUTS;
	struct framing_state whole = feed_at_once(framing, start, stream, length);
	struct framing_state bytes = feed_in_pieces(framing, start, stream, length, one_byte, NULL);
	struct framing_state pieces = feed_in_pieces(framing, start, stream, length, chosen, &cuts);

	same_state(framing, &whole, &bytes);
	same_state(framing, &whole, &pieces);
	return 0;
}
