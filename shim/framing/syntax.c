#include "syntax.h"

#include <string.h>

#include "prepare.h"
#include "presets.h"

/* framing = stage *(">" stage); stage = PRESET / FORM "(" arguments ")" */

static const char expected_framing[] =
    "a framing: the name of a protocol (poisonshim-framing(7) lists them), auto, call, explicit, off, "
    "line, varint32, fixed(N), skip(N)>..., packet(1|2|4|8), length-field(...) "
    "or delimiter(...)";

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

/* How many bytes come before the next stage: 1 to 2^62. */
static bool skip_parse(struct parse *parse, struct framing *framing)
{
	framing->class = &framing_fixed;
	return parse_number(parse, 1, UINT64_C(1) << 62, true, &framing->fixed,
			    "how many bytes to skip, 1 or more, with k, M or G for units") &&
	       (parse_ahead(parse, ")>") ||
		parse_fail(parse, "\")>\" and what comes behind the skipped bytes"));
}

static const struct form {
	const char *name;
	bool (*parse)(struct parse *parse, struct framing *framing);
} forms[] = {
    {"fixed(", fixed_parse},	      {"packet(", packet_parse},     {"length-field(", length_field_parse},
    {"delimiter(", delimiters_parse}, {"varint32(", varint32_parse}, {"skip(", skip_parse},
};

/* Names of presets in other software. */
static const struct alias {
	const char *name;
	enum preset preset;
} aliases[] = {
    /* Erlang */
    {"ssl_tls", PRESET_TLS},  {"cdr", PRESET_GIOP}, {"sunrm", PRESET_SUNRPC},
    {"fcgi", PRESET_FASTCGI}, {"rtsp", PRESET_SIP},
};

static bool parse_preset(struct parse *parse, struct framing *framing)
{
	for (unsigned i = 0; i < PRESETS; i++)
		if (parse_skip_word(parse, preset(i)->name)) {
			*framing = *preset(i);
			return true;
		}
	for (unsigned i = 0; i < sizeof(aliases) / sizeof(aliases[0]); i++)
		if (parse_skip_word(parse, aliases[i].name)) {
			*framing = *preset(aliases[i].preset);
			return true;
		}
	return parse_fail(parse, expected_framing);
}

static bool parse_stage(struct parse *parse, struct framing *framing)
{
	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++)
		if (parse_skip(parse, forms[i].name))
			return forms[i].parse(parse, framing) &&
			       parse_need(parse, ")", "\")\" at the end of the framing");
	return parse_preset(parse, framing);
}

static bool has_messages(const struct framing *framing)
{
	return framing->class != &framing_off && framing->class != &framing_auto;
}

static bool parse_stages(struct parse *parse, struct framing *framing)
{
	unsigned count = 0;

	do {
		if (count == FRAMING_STAGES_MAX)
			return parse_fail(parse, "at most 4 stages");
		if (count && !has_messages(&framing[count - 1]))
			return parse_fail(parse, "nothing behind a framing without messages of its own");
		framing[count] = (struct framing){0};
		if (!parse_stage(parse, &framing[count]))
			return false;
		framing_prepare(&framing[count]);
		count++;
	} while (parse_skip(parse, ">"));
	framing->stages = (uint8_t)count;
	return true;
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

bool framing_parse(struct parse *parse, struct framing *framing)
{
	const char *start = parse->at;

	framing_prepare_presets();
	if (!parse_stages(parse, framing))
		return false;
	set_name(framing, start, (size_t)(parse->at - start));
	return true;
}
