#include "syntax.h"

#include <string.h>

#include "delimiter.h"
#include "length_field.h"
#include "presets.h"

/* framing = PRESET / FORM "(" arguments ")" */

static const char expected_framing[] = "a framing: auto, call, off, fixed(N), line, packet(1|2|4|8), "
				       "length-field(...), delimiter(...), varint32, "
				       "tls, http2 or zmtp";

/* How many bytes a message has: 1 to 2^62. */
static bool fixed_parse(struct parse *parse, struct framing *framing)
{
	framing->class = &framing_fixed;
	return parse_number(parse, 1, UINT64_C(1) << 62, true, &framing->fixed,
			    "how many bytes a message has, 1 or more, with k, M or G for units");
}

/* Erlang's {packet,N}: the length of what follows in N bytes, big endian; -N: little endian. */
static bool packet_parse(struct parse *parse, struct framing *framing)
{
	static const char expected[] = "1, 2, 4 or 8 bytes of length, with - in front for little endian";
	const char *at = parse->at;
	uint64_t length;

	framing->class = &framing_length_field;
	framing->length.little_endian = parse_skip(parse, "-");
	if (!parse_number(parse, 1, 8, false, &length, expected))
		return false;
	framing->length.length = (uint8_t)length;
	if ((length & (length - 1)) == 0)
		return true;
	parse->at = at;
	return parse_fail(parse, expected);
}

/* How many bytes come before the varint: 0 to 65000. */
static bool varint32_parse(struct parse *parse, struct framing *framing)
{
	uint64_t offset;

	framing->class = &framing_varint32;
	if (!parse_need(parse, "offset=", "offset=") ||
	    !parse_number(parse, 0, 65000, false, &offset,
			  "how many bytes come before the varint, 0 to 65000"))
		return false;
	framing->varint_offset = (uint32_t)offset;
	return true;
}

static const struct form {
	const char *name;
	bool (*parse)(struct parse *parse, struct framing *framing);
} forms[] = {
    {"fixed(", fixed_parse},	      {"packet(", packet_parse},     {"length-field(", length_field_parse},
    {"delimiter(", delimiters_parse}, {"varint32(", varint32_parse},
};

static bool parse_form(struct parse *parse, struct framing *framing)
{
	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++)
		if (parse_skip(parse, forms[i].name))
			return forms[i].parse(parse, framing) &&
			       parse_need(parse, ")", "\")\" at the end of the framing");
	for (unsigned i = 0; i < framing_presets_count; i++)
		if (parse_skip_word(parse, framing_presets[i].name)) {
			*framing = framing_presets[i];
			return true;
		}
	return parse_fail(parse, expected_framing);
}

/* As written; a long one ends with "...". */
static void set_name(struct framing *framing, const char *text, size_t length)
{
	size_t most = sizeof(framing->name) - 1;

	memset(framing->name, 0, sizeof(framing->name));
	memcpy(framing->name, text, length < most ? length : most);
	if (length > most)
		memcpy(framing->name + most - 3, "...", 3);
}

/* Framing auto has the length field of TLS, for when it recognises that. */
static void prepare(struct framing *framing)
{
	if (framing->class == &framing_auto)
		framing->length = framing_presets[PRESET_TLS].length;
	if (framing->class == &framing_auto || framing->class == &framing_length_field)
		length_field_prepare(framing);
	if (framing->class == &framing_delimiter)
		delimiters_prepare(&framing->delimiter);
}

void framing_limit(struct framing *framing, uint64_t max)
{
	framing->max = max;
	prepare(framing);
}

bool framing_parse(struct parse *parse, struct framing *framing)
{
	const char *start = parse->at;

	*framing = (struct framing){0};
	if (!parse_form(parse, framing))
		return false;
	prepare(framing);
	set_name(framing, start, (size_t)(parse->at - start));
	return true;
}
