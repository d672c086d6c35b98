/* What Python cannot get from the framing code itself: the sizes of its structures, and what framing_parse
 * says. */

#include <string.h>

#include "../../shim/framing/openings.h"

size_t driver_framing_size(void);
size_t driver_state_size(void);
bool driver_parse(const char *text, struct framing *framing, size_t *at, const char **expected);
void driver_set_max(struct framing *framing, uint64_t max);
void driver_set_unit(struct framing *framing, bool frames);
bool driver_set_tls(struct framing *framing, enum framing_tls tls);
const struct opening *driver_opening(size_t row);

size_t driver_framing_size(void)
{
	return sizeof(struct framing) * FRAMING_STAGES_MAX;
}

size_t driver_state_size(void)
{
	return sizeof(struct framing_state);
}

/* `at` is the offset of the cursor: of what is wrong, or of what follows the framing. */
bool driver_parse(const char *text, struct framing *framing, size_t *at, const char **expected)
{
	struct parse parse = parse_text(text, strlen(text));
	bool valid = framing_parse(&parse, framing);

	*at = (size_t)(parse.at - parse.start);
	*expected = parse.expected;
	return valid;
}

void driver_set_unit(struct framing *framing, bool frames)
{
	framing_set_unit(framing, frames);
}

bool driver_set_tls(struct framing *framing, enum framing_tls tls)
{
	return framing_set_tls(framing, tls);
}

void driver_set_max(struct framing *framing, uint64_t max)
{
	framing_limit(framing, max);
}

/* NULL: there are no more. */
const struct opening *driver_opening(size_t row)
{
	return row < framing_openings_count ? &framing_openings[row] : NULL;
}
