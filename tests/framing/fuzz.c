/*
 * fuzz SEED ROUNDS FRAMING...
 *
 * Feeds made-up streams to every framing, byte by byte and in random pieces, each piece in a block of memory
 * of its own size so that a sanitizer sees a read beyond it; both must end in the same state. Then breaks the
 * text of the framings and parses it. Says what went wrong and aborts.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "invariants.h"

#define STREAM_MAX 512

static uint64_t seed;

/* splitmix64 */
static uint64_t draw(void)
{
	uint64_t z = seed += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	return z ^ z >> 31;
}

static size_t below(size_t n)
{
	return (size_t)(draw() % n);
}

/* Beginnings that lead further into a framing than chance does. */
static const struct opening {
	size_t length;
	const char *bytes;
} openings[] = {
    {24, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"},
    {15, "\0\0\6\4\0\0\0\0\0\0\3\0\0\0\x64"},
    {9, "\0\0\0\4\0\0\0\0\0"},
    {12, "\xff\0\0\0\0\0\0\0\1\x7f\3\0"},
    {14, "\xff\0\0\0\0\0\0\0\0\x7f\3\1NU"},
    {13, "\xff\0\0\0\0\0\0\0\4\x7f\1\2\3"},
    {9, "\x16\3\1\0\4\1\0\0\0"},
    {7, "\x15\3\3\0\2\1\0"},
    {2, "\2\xfd"},
    {0, ""},
};

/* Bytes that mean something to some framing come often. */
static uint8_t draw_byte(void)
{
	static const uint8_t likely[] = {0,  0,	 0,   0,   1,	 2,    3,    4,	   5,	 9,
					 20, 23, 'a', 'b', '\r', '\n', 0x80, 0x7f, 0xce, 0xff};

	return below(8) ? likely[below(sizeof(likely))] : (uint8_t)draw();
}

static size_t draw_stream(uint8_t *stream)
{
	const struct opening *opening = &openings[below(sizeof(openings) / sizeof(openings[0]))];
	size_t length = opening->length + below(STREAM_MAX - opening->length);

	memcpy(stream, opening->bytes, opening->length);
	for (size_t i = opening->length; i < length; i++)
		stream[i] = draw_byte();
	if (length && below(4) == 0)
		stream[below(length)] = draw_byte();
	return length;
}

/* Framing call sees one call; all that differs is how many bytes of it were accepted at a time. */
static size_t draw_piece(void *longest, size_t left)
{
	size_t n = below(*(size_t *)longest + 1);

	return n < left ? n : left;
}

static struct framing_state feed_randomly(const struct framing *framing, const uint8_t *stream, size_t length,
					  size_t longest)
{
	return feed_in_pieces(framing, (struct framing_state){0}, stream, length, draw_piece, &longest);
}

static void fuzz_stream(const struct framing *framing)
{
	uint8_t stream[STREAM_MAX];
	size_t length = draw_stream(stream);
	struct framing_state one_by_one = feed_randomly(framing, stream, length, 1);

	for (unsigned i = 0; i < 3; i++) {
		struct framing_state state = feed_randomly(framing, stream, length, 1 + below(STREAM_MAX));

		same_state(framing, &one_by_one, &state);
	}
}

static void fuzz_text(const char *text)
{
	static const char likely[] = "0123456789abcdefxkMG-=:,|\\()nrt";
	size_t length = strlen(text);
	char *broken = malloc(length + 1);
	struct framing framing[FRAMING_STAGES_MAX];
	struct parse parse;

	memcpy(broken, text, length);
	broken[length] = likely[below(sizeof(likely) - 1)];
	for (size_t i = below(3); i > 0; i--)
		broken[below(length + 1)] = likely[below(sizeof(likely) - 1)];
	parse = parse_text(broken, length + below(2) - below(length));
	if (framing_parse(&parse, framing) == (parse.expected != NULL))
		invariant_broken("neither parsed nor said what it expected", text);
	if (parse.at < parse.start || parse.at > parse.end)
		invariant_broken("the cursor is outside the text", text);
	if (!parse.expected)
		fuzz_stream(framing);
	free(broken);
}

int main(int argc, char **argv)
{
	size_t rounds = argc > 3 ? strtoul(argv[2], NULL, 10) : 0;

	if (!rounds)
		return 2;
	seed = strtoull(argv[1], NULL, 10);
	for (size_t i = 0; i < rounds; i++)
		for (int spec = 3; spec < argc; spec++) {
			struct parse parse = parse_text(argv[spec], strlen(argv[spec]));
			struct framing framing[FRAMING_STAGES_MAX];

			if (!framing_parse(&parse, framing))
				invariant_broken(parse.expected, argv[spec]);
			fuzz_stream(framing);
			fuzz_text(argv[spec]);
		}
	return 0;
}
