#include "presets.h"

#include "prepare.h"

/* One row is one name for POISONSHIM_FRAMING and POISONSHIM_RULES. A length-prefixed protocol is one
 * LENGTH_FIELD row: the fields of struct length_field that are not 0 (offset, length, adjustment,
 * little_endian, mask...). */

#define LENGTH_FIELD(...) .class = &framing_length_field, .length = {__VA_ARGS__}
#define DELIMITER(length_, ...)      \
	.class = &framing_delimiter, \
	.delimiter = {.count = 1, .longest = length_, .length = {length_}, .bytes = {{__VA_ARGS__}}}

struct framing framing_presets[PRESETS] = {
    [PRESET_AUTO] = {.name = "auto", .class = &framing_auto},
    [PRESET_CALL] = {.name = "call", .class = &framing_call},
    [PRESET_OFF] = {.name = "off", .class = &framing_off},
    [PRESET_LINE] = {.name = "line", DELIMITER(1, '\n')},
    [PRESET_VARINT32] = {.name = "varint32", .class = &framing_varint32},
    [PRESET_TLS] = {.name = "tls", LENGTH_FIELD(.offset = 3, .length = 2, .check = tls_check)},
    [PRESET_HTTP2] = {.name = "http2", .class = &framing_http2, .has_unit = true},
    [PRESET_ZMTP] = {.name = "zmtp", .class = &framing_zmtp, .has_unit = true},
    [PRESET_DNS] = {.name = "dns", LENGTH_FIELD(.length = 2)}, /* RFC 1035, 4.2.2 */
};

void framing_prepare_presets(void)
{
	if (framing_presets[0].stages)
		return;
	for (unsigned i = 0; i < PRESETS; i++)
		framing_prepare(&framing_presets[i]);
}

void framing_become(struct framing_state *state, enum preset preset)
{
	*state = (struct framing_state){
	    .messages = state->messages,
	    .server = state->server,
	    .parser = (FRAMING_STAGES_MAX + (unsigned)preset) & 0x7fU,
	};
}
