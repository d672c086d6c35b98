#include "syntax.h"

#include "length_field.h"

/*
 * key=value *("," key=value), each key once. Without offset it is 0, without length 4, without adjustment 0,
 * without order big endian. Netty's and tokio-util's names are known too where they mean the same.
 */

enum { OFFSET, LENGTH, ADJUSTMENT, ORDER, MAX, MASK, LAST, MORE, CONTINUE, PAD, TRAILER, MAGIC, KEYS };

static const char expected_bytes[] = "a number of bytes, 0 to 65000";

static bool parse_offset(struct parse *parse, uint32_t *offset)
{
	uint64_t value;

	if (!parse_number(parse, 0, 65000, false, &value, expected_bytes))
		return false;
	*offset = (uint32_t)value;
	return true;
}

static bool parse_length(struct parse *parse, uint8_t *length)
{
	uint64_t value;

	if (!parse_number(parse, 1, 8, false, &value, "a number of bytes, 1 to 8"))
		return false;
	*length = (uint8_t)value;
	return true;
}

/* Bytes before the length field. */
static bool read_offset(struct parse *parse, struct framing *framing)
{
	return parse_offset(parse, &framing->length.offset);
}

/* Bytes of the length field. */
static bool read_length(struct parse *parse, struct framing *framing)
{
	return parse_length(parse, &framing->length.length);
}

/* What to add to offset + length + the field's value to get the bytes of the frame. */
static bool read_adjustment(struct parse *parse, struct framing *framing)
{
	return parse_integer(parse, &framing->length.adjustment,
			     "a number of bytes, maybe negative, below 2^31");
}

/* Byte order of the length field and of the pad field. */
static bool read_order(struct parse *parse, struct framing *framing)
{
	if (parse_skip_word(parse, "le"))
		framing->length.little_endian = true;
	else if (parse_skip_word(parse, "native"))
		framing->length.little_endian = __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__;
	else if (!parse_skip_word(parse, "be"))
		return parse_fail(parse, "be, le or native");
	return true;
}

/* The longest frame there is, in bytes with its header. */
static bool read_max(struct parse *parse, struct framing *framing)
{
	return parse_number(parse, 1, UINT64_MAX, true, &framing->max,
			    "the longest frame in bytes, 1 or more, with k, M or G for units");
}

static bool parse_mask(struct parse *parse, uint64_t *mask)
{
	static const char expected[] = "hexadecimal bits of the length field, not 0";
	const char *at = parse->at;

	if (!parse_hex_number(parse, mask, expected))
		return false;
	if (*mask)
		return true;
	parse->at = at;
	return parse_fail(parse, expected);
}

/* The bits of the field that are the length. */
static bool read_mask(struct parse *parse, struct framing *framing)
{
	return parse_mask(parse, &framing->length.mask);
}

/* The bits of the field of which one must be set in the last frame of a message. */
static bool read_last(struct parse *parse, struct framing *framing)
{
	return parse_mask(parse, &framing->length.last);
}

/* The bits of the field of which one is set in every frame of a message but the last. */
static bool read_more(struct parse *parse, struct framing *framing)
{
	return parse_mask(parse, &framing->length.more);
}

/* The length that only a frame has that the next one continues. */
static bool read_continue(struct parse *parse, struct framing *framing)
{
	framing->length.has_continues = true;
	return parse_number(parse, 0, UINT64_MAX, false, &framing->length.continues,
			    "the length that a frame has if the next one continues it");
}

/* offset:length of a field that counts bytes of padding behind the frame. */
static bool read_pad(struct parse *parse, struct framing *framing)
{
	return parse_offset(parse, &framing->length.pad_offset) &&
	       parse_need(parse, ":", "\":\" and the length of the padding's field") &&
	       parse_length(parse, &framing->length.pad_length);
}

/* The last bytes of every frame. */
static bool read_trailer(struct parse *parse, struct framing *framing)
{
	struct length_field *field = &framing->length;
	size_t count;

	if (!parse_hex_bytes(parse, field->trailer, sizeof(field->trailer), &count,
			     "1 to 8 bytes in hexadecimal"))
		return false;
	field->trailer_length = (uint8_t)count;
	return true;
}

/* offset:bytes that stand in every header. */
static bool read_magic(struct parse *parse, struct framing *framing)
{
	struct length_field *field = &framing->length;
	size_t count;

	if (!parse_offset(parse, &field->magic_offset) ||
	    !parse_need(parse, ":", "\":\" and the bytes that stand there in hexadecimal") ||
	    !parse_hex_bytes(parse, field->magic, sizeof(field->magic), &count,
			     "1 to 16 bytes in hexadecimal"))
		return false;
	field->magic_length = (uint8_t)count;
	return true;
}

static const struct key {
	const char *names[3];
	bool (*read)(struct parse *parse, struct framing *framing);
} keys[KEYS] = {
    [OFFSET] = {{"offset=", "lengthFieldOffset=", "length_field_offset="}, read_offset},
    [LENGTH] = {{"length=", "lengthFieldLength=", "length_field_length="}, read_length},
    [ADJUSTMENT] = {{"adjustment=", "lengthAdjustment=", "length_adjustment="}, read_adjustment},
    [ORDER] = {{"order="}, read_order},
    [MAX] = {{"max=", "maxFrameLength="}, read_max},
    [MASK] = {{"mask="}, read_mask},
    [LAST] = {{"last="}, read_last},
    [MORE] = {{"more="}, read_more},
    [CONTINUE] = {{"continue="}, read_continue},
    [PAD] = {{"pad="}, read_pad},
    [TRAILER] = {{"trailer="}, read_trailer},
    [MAGIC] = {{"magic="}, read_magic},
};

/* Skips the key at the cursor. Returns its number, or KEYS. */
static unsigned skip_key(struct parse *parse)
{
	for (unsigned key = 0; key < KEYS; key++)
		for (unsigned i = 0; i < 3 && keys[key].names[i]; i++)
			if (parse_skip(parse, keys[key].names[i]))
				return key;
	return KEYS;
}

/* values[key] is where its value stands. */
static bool parse_key(struct parse *parse, struct framing *framing, const char **values)
{
	const char *start = parse->at;
	unsigned key = skip_key(parse);

	if (key == KEYS)
		return parse_fail(parse, "offset=, length=, adjustment=, order=, max=, mask=, last=, more=, "
					 "continue=, pad=, trailer= or magic=");
	if (values[key]) {
		parse->at = start;
		return parse_fail(parse, "another key: each can be given once");
	}
	values[key] = parse->at;
	return keys[key].read(parse, framing);
}

/* Fails at the value of that key, or where the cursor is if it is not given. */
static bool fail_value(struct parse *parse, const char *value, const char *expected)
{
	if (value)
		parse->at = value;
	return parse_fail(parse, expected);
}

/* What no key can know alone. */
static bool check(struct parse *parse, struct framing *framing, const char **values)
{
	struct length_field *field = &framing->length;
	uint64_t beyond = ~(UINT64_MAX >> (64 - 8 * field->length));

	for (unsigned key = MASK; key <= MORE; key++)
		if ((key == MASK ? field->mask : key == LAST ? field->last : field->more) & beyond)
			return fail_value(parse, values[key], "bits that the length field has");
	if (field->continues & beyond)
		return fail_value(parse, values[CONTINUE], "a number that fits the length field");
	if (!length_field_prepare(framing))
		return fail_value(parse, values[MAGIC] ? values[MAGIC] : values[PAD],
				  "length, pad and magic fields that lie within 24 bytes of each other");
	if (framing->max && framing->max < field->header)
		return fail_value(parse, values[MAX], "a longest frame that has room for its header");
	return true;
}

bool length_field_parse(struct parse *parse, struct framing *framing)
{
	const char *values[KEYS] = {NULL};

	framing->class = &framing_length_field;
	framing->length.length = 4;
	do {
		if (!parse_key(parse, framing, values))
			return false;
	} while (parse_skip(parse, ","));
	return check(parse, framing, values);
}
