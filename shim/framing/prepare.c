#include "prepare.h"

#include "delimiter.h"
#include "length_field.h"
#include "presets.h"

static struct framing *last_stage(struct framing *framing)
{
	return &framing[framing->stages - 1];
}

void framing_prepare(struct framing *framing)
{
	if (!framing->stages)
		framing->stages = 1;
	if (framing->class == &framing_length_field)
		length_field_prepare(framing);
	if (framing->class == &framing_delimiter)
		delimiters_prepare(framing);
}

void framing_limit(struct framing *framing, uint64_t max)
{
	last_stage(framing)->max = max;
	framing_prepare(last_stage(framing));
}

bool framing_set_unit(struct framing *framing, bool frames)
{
	last_stage(framing)->frames = frames;
	return last_stage(framing)->has_unit;
}

/* The first byte of a frame whose length comes first, low byte first, may be any. */
static bool may_begin_with_any_byte(const struct framing *framing)
{
	return framing->class == &framing_call || framing->class == &framing_off ||
	       framing->class == &framing_auto || framing->class == &framing_explicit ||
	       framing->class == &framing_fixed || framing->class == &framing_varint32 ||
	       (framing->class == &framing_length_field && framing->length.little_endian &&
		framing->length.offset == 0);
}

bool framing_set_tls(struct framing *framing, enum framing_tls tls)
{
	struct framing *last = last_stage(framing);

	if (tls == FRAMING_TLS_START) {
		uint8_t stages = last->stages;

		*last = *preset(PRESET_TLS);
		last->stages = stages;
		return true;
	}
	if (tls == FRAMING_TLS_SNIFF && !last->sniffs_tls && may_begin_with_any_byte(last))
		return false;
	last->sniffs_tls = tls == FRAMING_TLS_SNIFF;
	framing_prepare(last);
	return true;
}
