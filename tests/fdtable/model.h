#ifndef FDTABLE_MODEL_H
#define FDTABLE_MODEL_H

/* Two layers. The truth: which open file description each number means, and what was sent through it. The
 * belief: which description a guard that sees only what it can see must take the number for. Where both
 * agree, every answer of the guard is known in advance. Where they differ an innocent must still pass. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* The numbers that are played with. The upper ones leave room for closefrom() above everything else. */
#define LOW 3
#define LOW_END 27
#define HIGH 600
#define HIGH_END 606
#define NUMBERS (LOW_END - LOW + HIGH_END - HIGH)

/* The test's own fds, of which the guard knows nothing: one for each description, and helpers. */
#define KEPT 100
#define DESCRIPTIONS 160
#define HELPERS 300

int number_at(unsigned index);	   /* the index-th of NUMBERS */
bool number_is_played(int number); /* is it one of them? */

enum kind {
	STREAM,
	DATAGRAM,
	PIPE_WRITER,
	PIPE_READER,
	NULL_FILE,
	EVENTS,
};

/* What happens to a description in any process happens to it in all. Its messages are the slices of one
 * endless stream of bytes, so that every byte tells where it belongs. */
struct description {
	enum kind kind;
	uint32_t bytes; /* which endless stream */
	int peer;	/* -1: none */
	uint64_t device, inode;
	uint64_t sent;	/* the kernel took so much */
	uint64_t read;	/* the peer got so much */
	uint64_t end;	/* of the message that was begun: sent < end is inside */
	uint64_t known; /* so many bytes of its refused rest are known */
	bool shut;	/* the kernel refuses */
	bool corrupt;	/* other bytes than the rest went out */
	bool foreign;	/* a child wrote parts of messages */
};
extern struct description *descriptions;

enum expectation { PASSES, REFUSED, EITHER };

struct count {
	uint64_t passes, refused, either, cut, poisoned, repaired;
};
extern struct count count;

extern uint64_t model_window;

void model_start(void);

/* What each number means; -1: closed. */
int model_description(int number);
bool model_is_open(int number);
unsigned model_open_numbers(void);
bool model_is_inside(int description);
bool model_is_mistaken(int number);
bool model_is_known(int number); /* and right about it, without asking */
bool model_is_poisoned(int description);

int model_new(enum kind kind, int fd);
void model_pair(int one, int other);
void model_opened(int number, int description, bool seen);
void model_closed(int number, bool seen);
void model_duplicated(int number, int copy, bool seen);
void model_replaced(int number, int description, bool seen);
void model_connected(int number, bool seen);
void model_received(int number, int description, bool seen);
void model_hold(int description);
void model_let_go(int description);
bool model_is_kept(int description);
void model_shut(int description);
void model_enter_child(void);
void model_child_left(void);

/* The bytes of a description's stream from `position` on; at least LONGEST of them. */
#define LONGEST 16384
const uint8_t *model_bytes(int description, uint64_t position);

/* What must come of a write; and what came of it. `meant`: the bytes are what the peer should get next. */
enum expectation model_expects(int number, const uint8_t *bytes, size_t length, bool meant);
void model_borrower_wrote(int number, size_t offered, bool meant, ssize_t result, int error);
void model_wrote(int number, size_t offered, bool meant, ssize_t result, int error);

/* Compares with what the kernel says. */
void model_check_number(int number);
void model_check_all(void);
void model_check_listing(void);

/* Reads what the peer of the description can get and compares it. */
void model_drain(int description, size_t limit);

/* For the story: all numbers, and what the guard must take them for. */
void model_tell(void);

extern int model_depth; /* of forked children */

__attribute__((noreturn, format(printf, 1, 2))) void fail(const char *format, ...);

#endif
