/* frames FRAMING ROLE PROLOGUE FRAME ROUNDS: feeds a prologue (both in hexadecimal), then, so many times, as
 * many whole frames as fill a mebibyte, in one write. Prints how many frames that were, and GB/s in the
 * median round. */

#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "../../shim/framing/framing.h"

#define WRITE_BYTES (1 << 20)
#define ROUNDS_MAX 1000

static uint8_t *from_hex(const char *text, size_t *length)
{
	uint8_t *bytes = malloc(strlen(text) / 2 + 1);

	*length = strlen(text) / 2;
	for (size_t i = 0; i < *length; i++)
		if (sscanf(text + 2 * i, "%2hhx", &bytes[i]) != 1)
			errx(2, "not hexadecimal: %s", text);
	return bytes;
}

static double now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec * 1e9 + (double)now.tv_nsec;
}

__attribute__((noinline)) static void counted_frames(framing_feeder *feed, const struct framing *framing,
						     struct framing_state *state, const uint8_t *p, size_t n)
{
	feed(framing, state, p, n, n);
}

static int by_value(const void *left, const void *right)
{
	double a = *(const double *)left, b = *(const double *)right;

	return (a > b) - (a < b);
}

int main(int argc, char **argv)
{
	struct framing framing[FRAMING_STAGES_MAX];
	struct framing_state state = {0};
	double ns[ROUNDS_MAX];
	size_t prologue_length, length, count, rounds;

	if (argc != 6)
		return 2;
	struct parse parse = parse_text(argv[1], strlen(argv[1]));
	if (!framing_parse(&parse, framing))
		errx(2, "%s: expected %s", argv[1], parse.expected);
	state.server = strcmp(argv[2], "server") == 0;
	const uint8_t *prologue = from_hex(argv[3], &prologue_length), *frame = from_hex(argv[4], &length);
	rounds = strtoul(argv[5], NULL, 10);
	count = length < WRITE_BYTES ? WRITE_BYTES / length : 1;
	uint8_t *write = malloc(count * length);
	for (size_t i = 0; i < count; i++)
		memcpy(write + i * length, frame, length);
	framing_feed(framing, &state, prologue, prologue_length, prologue_length);
	for (size_t round = 0; round < rounds && round < ROUNDS_MAX; round++) {
		double start = now_ns();

		counted_frames(framing_feeder_of(framing), framing, &state, write, count * length);
		ns[round] = now_ns() - start;
		if (state.desync || state.inside)
			errx(1, "%s: %s", argv[1],
			     state.desync ? "desync" : "inside a message behind whole ones");
	}
	qsort(ns, rounds, sizeof(*ns), by_value);
	printf("%zu %.3f\n", count * rounds, (double)(count * length) / ns[rounds / 2]);
	return 0;
}
