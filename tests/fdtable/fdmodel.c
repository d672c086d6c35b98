/* fdmodel SEED STEPS [SECONDS]: plays so many random calls, and says how it goes every so many seconds. */

#include "play.h"

#include <inttypes.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define STORY 40
#define LINE 220
#define PATIENCE_SECONDS 120

static uint64_t seed, state, step, steps_wanted;
static char story[STORY][LINE];
static size_t told;

static uint64_t next_random(void)
{
	uint64_t z = (state += 0x9e3779b97f4a7c15u);

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
	return z ^ (z >> 31);
}

unsigned pick(unsigned below)
{
	return (unsigned)(next_random() >> 33) % below;
}

bool chance(unsigned percent)
{
	return pick(100) < percent;
}

enum door pick_door(void)
{
	unsigned random = pick(100);

	return random < 65 ? DOOR_LIBC : random < 80 ? DOOR_SYSCALL : DOOR_RAW;
}

int pick_number(void)
{
	return number_at(pick(NUMBERS));
}

int pick_open_number(void)
{
	unsigned open = model_open_numbers(), nth = open ? pick(open) : 0;

	for (unsigned i = 0; i < NUMBERS; i++)
		if (model_is_open(number_at(i)) && nth-- == 0)
			return number_at(i);
	return -1;
}

void say(const char *format, ...)
{
	va_list arguments;
	char *line = story[step % STORY];

	va_start(arguments, format);
	int length = vsnprintf(line + told, LINE - told, format, arguments);
	va_end(arguments);
	told += (size_t)length;
	told = told < LINE ? told : LINE - 1;
}

static void begin_line(void)
{
	told = 0;
	story[step % STORY][0] = 0;
}

static void tell(void)
{
	for (uint64_t i = step < STORY ? 0 : step - STORY + 1; i <= step; i++)
		if (story[i % STORY][0])
			fprintf(stderr, "  %" PRIu64 "%s  %s\n", i, model_depth ? " in a child" : "",
				story[i % STORY]);
}

void fail(const char *format, ...)
{
	va_list arguments;

	tell();
	model_tell();
	fprintf(stderr, "seed %" PRIu64 ", step %" PRIu64 "%s: ", seed, step,
		model_depth ? " (of a child)" : "");
	va_start(arguments, format);
	vfprintf(stderr, format, arguments);
	va_end(arguments);
	fprintf(stderr, "\nagain: fdmodel %" PRIu64 " %" PRIu64 "\n", seed, steps_wanted);
	_exit(1);
}

static const struct {
	void (*move)(void);
	unsigned weight;
} moves[] = {
    {move_write, 5600},	   {move_drain, 500},	  {move_pair, 450},	 {move_connect, 250},
    {move_other, 250},	   {move_close, 800},	  {move_duplicate, 900}, {move_close_range, 60},
    {move_close_high, 60}, {move_fclose, 150},	  {move_freopen, 40},	 {move_receive, 300},
    {move_getfd, 150},	   {move_resurrect, 100}, {move_shutdown, 40},	 {move_fork, 15},
    {move_vfork, 40},	   {move_spawn, 2},
};
#define MOVES (sizeof(moves) / sizeof(moves[0]))

static void (*pick_move(void))(void)
{
	static unsigned all;
	size_t i = 0;

	if (!all)
		for (size_t j = 0; j < MOVES; j++)
			all += moves[j].weight;
	unsigned random = pick(all);
	while (random >= moves[i].weight)
		random -= moves[i++].weight;
	return moves[i].move;
}

void play_steps(uint64_t steps)
{
	for (uint64_t end = step + steps; step < end; step++) {
		begin_line();
		pick_move()();
		if (step % 8 == 0)
			model_check_all();
		if (step % 1024 == 0)
			model_check_listing();
	}
}

static void show(double seconds)
{
	printf("seed %" PRIu64 ", step %" PRIu64 " of %" PRIu64 ", %.0f s: writes that must pass %" PRIu64
	       ", must be refused %" PRIu64 ", either %" PRIu64 "; cut %" PRIu64 ", poisoned %" PRIu64
	       ", verdicts of others %" PRIu64 "\n",
	       seed, step, steps_wanted, seconds, count.passes, count.refused, count.either, count.cut,
	       count.poisoned, count.repaired);
	fflush(stdout);
}

static double now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static uint64_t number_in(const char *word)
{
	return word ? strtoull(word, NULL, 10) : 0;
}

static void play(double pause)
{
	double begun = now(), shown = begun;

	while (step < steps_wanted) {
		uint64_t left = steps_wanted - step;

		alarm(PATIENCE_SECONDS);
		play_steps(left < 4096 ? left : 4096);
		if (pause > 0 && now() - shown >= pause) {
			shown = now();
			show(shown - begun);
		}
	}
	show(now() - begun);
}

int main(int argc, char **argv)
{
	const char *window = getenv("POISONSHIM_WINDOW");

	if (argc < 3)
		return 2;
	state = seed = number_in(argv[1]);
	steps_wanted = number_in(argv[2]);
	model_window = window ? number_in(window) : 16;
	signal(SIGPIPE, SIG_IGN);
	model_start();
	helpers_start();
	door_describe();
	play(argc > 3 ? (double)number_in(argv[3]) : 0);
	model_check_all();
	model_check_listing();
	_exit(0);
}
