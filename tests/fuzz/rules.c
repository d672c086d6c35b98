/* libFuzzer on configuration text: a rule set, or, behind a first byte that is even, one framing with its
 * options, which the same bytes are then fed to. */

#include <stdlib.h>
#include <string.h>

#include "../../shim/rules.h"
#include "../framing/invariants.h"
#include "limits.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static size_t all(void *closure, size_t left)
{
	(void)closure;
	return left;
}

static size_t three_bytes(void *closure, size_t left)
{
	(void)closure;
	return left < 3 ? left : 3;
}

static void feed(const struct profile *profile, const uint8_t *data, size_t size)
{
	struct framing_state start = {.server = profile->role == ROLE_SERVER};
	struct framing_state whole = feed_in_pieces(profile->framing, start, data, size, all, NULL);
	struct framing_state pieces = feed_in_pieces(profile->framing, start, data, size, three_bytes, NULL);

	same_state(profile->framing, &whole, &pieces);
}

static void read_text(const char *text, size_t length, bool is_framing)
{
	static struct rules rules;
	const struct profile defaults = {0};
	struct parse parse = parse_text(text, length);
	bool valid;

	rules.count = 0;
	valid = (is_framing ? rules_parse_framing : rules_parse)(&parse, &rules, &defaults);
	if (valid == (parse.expected != NULL))
		invariant_broken("neither parsed nor said what it expected", "rules");
	if (parse.at < parse.start || parse.at > parse.end)
		invariant_broken("the cursor is outside the text", "rules");
	if (valid && is_framing)
		feed(&rules.rule[0].profile, (const uint8_t *)text, length);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text;

	end_in_time();
	if (size < 2)
		return 0;
	text = malloc(size - 1); /* its own block, without a zero behind it */
	memcpy(text, data + 1, size - 1);
	read_text(text, size - 1, data[0] % 2 == 0);
	free(text);
	return 0;
}
