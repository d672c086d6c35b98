#include "presets.h"

/* One row is one name for POISONSHIM_FRAMING and POISONSHIM_RULES. A length-prefixed protocol is one
 * LENGTH_FIELD row: the fields of struct length_field that are not 0 (offset, length, adjustment,
 * little_endian, mask...). */

#define LENGTH_FIELD(...) .class = &framing_length_field, .length = {__VA_ARGS__}
#define DELIMITER(length_, ...)      \
	.class = &framing_delimiter, \
	.delimiter = {.count = 1, .longest = length_, .length = {length_}, .bytes = {{__VA_ARGS__}}}

const struct framing framing_presets[] = {
    [PRESET_CALL] = {.name = "call", .class = &framing_call},
    [PRESET_TLS] = {.name = "tls", LENGTH_FIELD(.offset = 3, .length = 2, .check = tls_check)},
    {.name = "http2", .class = &framing_http2},
    {.name = "zmtp", .class = &framing_zmtp},
    {.name = "auto", .class = &framing_auto},
    {.name = "off", .class = &framing_off},
    {.name = "line", DELIMITER(1, '\n')},
    {.name = "varint32", .class = &framing_varint32},
};

const unsigned framing_presets_count = sizeof(framing_presets) / sizeof(framing_presets[0]);
