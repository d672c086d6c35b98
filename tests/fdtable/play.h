#ifndef FDTABLE_PLAY_H
#define FDTABLE_PLAY_H

/* One seed, one game. */

#include <stdbool.h>
#include <stdint.h>

#include "doors.h"
#include "model.h"

/* The test's own fds, out of the way. */
enum helper {
	HELPER_LISTENER = HELPERS,
	HELPER_SENDER, /* a pair that carries fds */
	HELPER_RECEIVER,
	HELPER_SELF, /* a pidfd */
	HELPER_NEW,
};

unsigned pick(unsigned below);
bool chance(unsigned percent);
enum door pick_door(void);
int pick_number(void);
int pick_open_number(void); /* -1: none */

/* What this step does, for the story that is told when it fails. */
__attribute__((format(printf, 1, 2))) void say(const char *format, ...);
extern const char *const door_names[];

void play_steps(uint64_t steps);

/* Moves. */
void helpers_start(void);
void move_write(void);
void move_drain(void);
void move_pair(void);
void move_connect(void);
void move_other(void);
void move_close(void);
void move_close_range(void);
void move_close_high(void);
void move_fclose(void);
void move_freopen(void);
void move_duplicate(void);
void move_receive(void);
void move_getfd(void);
void move_resurrect(void);
void move_shutdown(void);
void move_fork(void);
void move_vfork(void);
void move_spawn(void);

/* What a write offers. */
struct put {
	int number;
	const uint8_t *bytes;
	size_t length;
	bool meant;
	void (*record)(int number, size_t offered, bool meant, ssize_t result, int error);
	enum expectation expected;
	ssize_t result;
	int error;
};
bool put_prepare(struct put *put, int number, size_t longest);
void put_send(struct put *put);
void put_judge(const struct put *put);

#endif
