#include "model.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "raw.h"

/* Besides a view's number: */
#define NOTHING (-1) /* number: closed; belief: asked at the next write */
#define BORN (-2)    /* belief: asked at the next write, and certainly a new one */
#define DOUBTED (-3) /* belief: the right one, none or an old one, nobody can say */

/* What a guard keeps about a description. It lives as long as some number is believed to mean it. */
struct view {
	int description;
	int numbers;
	bool poisoned;
};

static struct number {
	int description;
	int belief; /* a view */
} numbers[NUMBERS];

static int doubted; /* numbers */

/* What this process thinks of a description; its children think for themselves. */
static struct mind {
	bool used;
	bool inherited; /* the parent still has it */
	int numbers;
	bool blurred; /* bytes went where the guard could not see them: it may be wrong about this one */
	bool refused;
	bool several; /* there was more than one view of it at a time */
} minds[DESCRIPTIONS];

static struct view views[NUMBERS + 1];

struct description *descriptions;
struct count count;
uint64_t model_window;
int model_depth;

#define BYTES ((size_t)1 << 18)
static uint8_t bytes[BYTES + LONGEST];
static uint8_t scratch[LONGEST * 4];

int number_at(unsigned index)
{
	return (int)(index < LOW_END - LOW ? LOW + index : HIGH + index - (LOW_END - LOW));
}

static int index_of(int number)
{
	if (number >= LOW && number < LOW_END)
		return number - LOW;
	if (number >= HIGH && number < HIGH_END)
		return number - HIGH + LOW_END - LOW;
	return -1;
}

bool number_is_played(int number)
{
	return index_of(number) >= 0;
}

static struct number *at(int number)
{
	int index = index_of(number);

	if (index < 0)
		fail("fd %d is none of those that are played with", number);
	return &numbers[index];
}

void model_start(void)
{
	uint32_t noise = 1;

	descriptions = mmap(NULL, sizeof(*descriptions) * DESCRIPTIONS, PROT_READ | PROT_WRITE,
			    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (descriptions == MAP_FAILED)
		fail("no memory");
	for (unsigned i = 0; i < NUMBERS; i++)
		numbers[i] = (struct number){NOTHING, NOTHING};
	for (size_t i = 0; i < sizeof(bytes); i++) {
		noise = noise * 1664525 + 1013904223;
		bytes[i] = i < BYTES ? (uint8_t)(noise >> 24) : bytes[i - BYTES];
	}
}

const uint8_t *model_bytes(int description, uint64_t position)
{
	return &bytes[(descriptions[description].bytes * 2654435761u + position) % BYTES];
}

int model_description(int number)
{
	return at(number)->description;
}

bool model_is_open(int number)
{
	return at(number)->description >= 0;
}

unsigned model_open_numbers(void)
{
	unsigned open = 0;

	for (unsigned i = 0; i < NUMBERS; i++)
		open += numbers[i].description >= 0;
	return open;
}

bool model_is_inside(int description)
{
	return descriptions[description].sent < descriptions[description].end;
}

bool model_is_poisoned(int description)
{
	return minds[description].refused;
}

/* True if the guard takes the number for something else than it is. */
bool model_is_mistaken(int number)
{
	int belief = at(number)->belief;

	return belief >= 0 && views[belief].description != at(number)->description;
}

void model_tell(void)
{
	fprintf(stderr, "  number = what it is");
	for (unsigned i = 0; i < NUMBERS; i++) {
		const struct number *n = &numbers[i];

		if (n->description < 0 && n->belief == NOTHING)
			continue;
		fprintf(stderr, ", %d =", number_at(i));
		if (n->description >= 0)
			fprintf(stderr, " %d", n->description);
		if (n->belief == DOUBTED)
			fprintf(stderr, " (in doubt)");
		else if (n->belief >= 0 && views[n->belief].description != n->description)
			fprintf(stderr, " (taken for %d)", views[n->belief].description);
		else if (n->belief < 0)
			fprintf(stderr, " (not asked)");
	}
	fprintf(stderr, "\n");
}

bool model_is_known(int number)
{
	return at(number)->belief >= 0 && !model_is_mistaken(number);
}

/* Views */

static int live_views(int description)
{
	int live = 0;

	for (unsigned i = 0; i <= NUMBERS; i++)
		live += views[i].numbers && views[i].description == description;
	return live;
}

static int find_view(int description)
{
	for (int i = 0; i <= NUMBERS; i++)
		if (views[i].numbers && views[i].description == description)
			return i;
	return NOTHING;
}

static int free_view(void)
{
	int view = 0;

	while (views[view].numbers)
		view++;
	return view;
}

/* Nobody remembers what was: all is clear again. But under a doubted number somebody may. */
static void forget(int description)
{
	const struct description *d = &descriptions[description];
	struct mind *mind = &minds[description];

	mind->blurred = d->corrupt || d->shut || (doubted && d->sent);
	mind->refused = false;
	mind->several &= doubted > 0;
}

/* A view that begins inside a message does not know it. */
static int new_view(int description)
{
	int view = free_view();

	if (find_view(description) < 0)
		forget(description);
	else
		minds[description].several = true;
	minds[description].blurred |= model_is_inside(description);
	views[view] = (struct view){.description = description};
	return view;
}

/* Under a doubted number there may be one more view of a description that has or had several. */
static bool is_ambiguous(int description)
{
	return live_views(description) > 1 ||
	       (doubted && (minds[description].blurred || minds[description].several));
}

/* A guard finds what it knows of a description again, at whatever number it turns up. */
static int view_of(int description)
{
	int view = find_view(description);

	if (is_ambiguous(description))
		return DOUBTED;
	return view >= 0 ? view : new_view(description);
}

static void believe(int number, int belief)
{
	struct number *n = at(number);

	if (belief >= 0)
		views[belief].numbers++;
	if (n->belief >= 0)
		views[n->belief].numbers--;
	doubted += (belief == DOUBTED) - (n->belief == DOUBTED);
	n->belief = belief;
}

/* The guard must know now. */
static int belief_in(int number)
{
	struct number *n = at(number);

	if (n->belief == NOTHING)
		believe(number, view_of(n->description));
	else if (n->belief == BORN)
		believe(number, new_view(n->description));
	return n->belief;
}

/* Truth */

static bool is_mentioned(int description)
{
	const struct mind *mind = &minds[description];

	return mind->used || mind->inherited || find_view(description) >= 0;
}

static int kept(int description)
{
	return KEPT + description;
}

int model_new(enum kind kind, int fd)
{
	static uint32_t serial;
	struct stat status;
	int new = 0;

	while (new < DESCRIPTIONS && is_mentioned(new))
		new ++;
	if (new == DESCRIPTIONS)
		fail("too many descriptions");
	if (fstat(fd, &status) != 0)
		fail("fd %d was just made, and fstat says errno %d", fd, errno);
	descriptions[new] = (struct description){
	    .kind = kind, .bytes = ++serial, .peer = -1, .device = status.st_dev, .inode = status.st_ino};
	minds[new] = (struct mind){.used = true};
	if (RAW3(SYS_dup3, fd, kept(new), 0) < 0)
		fail("dup3 onto fd %d: errno %d", kept(new), errno);
	return new;
}

void model_pair(int one, int other)
{
	descriptions[one].peer = other;
	descriptions[other].peer = one;
}

static bool is_wanted(int description)
{
	return minds[description].numbers > 0;
}

static void end(int description)
{
	if (!minds[description].used)
		return;
	RAW1(SYS_close, kept(description));
	minds[description].used = false;
}

static void check_all_was_read(int description)
{
	struct description *d = &descriptions[description];

	if (d->kind != STREAM)
		return;
	model_drain(description, SIZE_MAX);
	if (!d->corrupt && !d->shut && d->read != d->sent)
		fail("description %d: the peer got %llu of %llu bytes", description,
		     (unsigned long long)d->read, (unsigned long long)d->sent);
}

/* A description ends with its peer: as long as one is played with, both are kept. */
static void let_go(int description)
{
	int peer = descriptions[description].peer;

	if (is_wanted(description) || (peer >= 0 && is_wanted(peer)))
		return;
	check_all_was_read(description);
	if (peer >= 0)
		check_all_was_read(peer);
	end(description);
	if (peer >= 0)
		end(peer);
}

static void mean(int number, int description)
{
	int old = at(number)->description;

	at(number)->description = description;
	if (description >= 0)
		minds[description].numbers++;
	if (old >= 0) {
		minds[old].numbers--;
		let_go(old);
	}
}

static bool is_guarded(int description)
{
	return descriptions[description].kind == STREAM;
}

void model_opened(int number, int description, bool seen)
{
	if (model_is_open(number))
		fail("the kernel gave fd %d, which should be open", number);
	mean(number, description);
	if (!seen)
		return;
	switch (descriptions[description].kind) {
	case STREAM:
		believe(number, BORN);
		break;
	case DATAGRAM:
		believe(number, view_of(description));
		break;
	default:
		believe(number, NOTHING);
	}
}

void model_closed(int number, bool seen)
{
	if (seen)
		believe(number, NOTHING);
	if (model_is_open(number))
		mean(number, NOTHING);
}

/* Of pipes there may be a rule, later and at another number. */
static bool is_in_no_rule(int belief)
{
	return belief >= 0 && descriptions[views[belief].description].kind == PIPE_WRITER;
}

static int belief_for_copy(int number)
{
	int belief = belief_in(number);

	return is_in_no_rule(belief) ? NOTHING : belief;
}

void model_connected(int number, bool seen)
{
	if (seen && is_in_no_rule(at(number)->belief))
		believe(number, NOTHING);
}

void model_duplicated(int number, int copy, bool seen)
{
	if (number == copy)
		return;
	if (seen)
		believe(copy, belief_for_copy(number));
	mean(copy, model_description(number));
}

void model_replaced(int number, int description, bool seen)
{
	if (seen)
		believe(number, NOTHING);
	mean(number, description);
}

static bool may_be_known(int description)
{
	return is_guarded(description) && (live_views(description) > 0 || is_ambiguous(description));
}

/* It may be a new number for what the guard knows, which must not be forgotten with the old one. */
void model_received(int number, int description, bool seen)
{
	if (model_is_open(number))
		fail("the kernel gave fd %d, which should be open", number);
	mean(number, description);
	if (seen)
		believe(number, may_be_known(description) ? view_of(description) : NOTHING);
}

/* On its way between two numbers. */
void model_hold(int description)
{
	minds[description].numbers++;
}

void model_let_go(int description)
{
	minds[description].numbers--;
	let_go(description);
}

bool model_is_kept(int description)
{
	return minds[description].used;
}

/* One side's end to writing is the other's to reading; this knows only who gets EPIPE from the kernel. */
void model_shut(int description)
{
	descriptions[description].shut = true;
	descriptions[description].foreign = true;
	minds[description].blurred = true;
}

void model_enter_child(void)
{
	model_depth++;
	for (int i = 0; i < DESCRIPTIONS; i++)
		minds[i].inherited = is_mentioned(i);
}

void model_child_left(void)
{
	for (int i = 0; i < DESCRIPTIONS; i++) {
		if (!minds[i].used || !descriptions[i].foreign)
			continue;
		descriptions[i].foreign = model_depth > 0; /* its own parent must hear of it too */
		minds[i].blurred = true;
	}
}

/* Writes */

/* True if a guard that knows the refused rest can tell that the bytes are not from it. */
static bool differs(int description, const uint8_t *offered, size_t length)
{
	const struct description *d = &descriptions[description];
	size_t compared = length < d->known ? length : (size_t)d->known;

	return model_is_inside(description) &&
	       memcmp(model_bytes(description, d->sent), offered, compared) != 0;
}

static bool is_innocent(int description, bool meant)
{
	const struct mind *mind = &minds[description];

	return !is_guarded(description) || (meant && !mind->blurred && !mind->refused);
}

static enum expectation lenient(int description, bool meant)
{
	return is_innocent(description, meant) ? PASSES : EITHER;
}

/* The guard has the right view of the description. */
static enum expectation expects(const struct view *view, const uint8_t *offered, size_t length)
{
	int description = view->description;

	if (!is_guarded(description))
		return PASSES;
	if (view->poisoned)
		return REFUSED;
	if (minds[description].blurred)
		return EITHER;
	return differs(description, offered, length) ? REFUSED : PASSES;
}

/* The guard takes the number for `view`, which is not what it is. Nothing makes it look before it would
 * refuse. True if it looks now. */
static bool looks(int number, const struct view *view, const uint8_t *offered, size_t length)
{
	if (!is_guarded(view->description))
		return false;
	if (view->poisoned ||
	    (!minds[view->description].blurred && differs(view->description, offered, length))) {
		count.repaired++;
		believe(number, NOTHING);
		return true;
	}
	if (minds[view->description].blurred) {
		believe(number, DOUBTED);
		return true;
	}
	return false;
}

enum expectation model_expects(int number, const uint8_t *offered, size_t length, bool meant)
{
	int description = model_description(number), belief = belief_in(number);

	if (belief < 0)
		return lenient(description, meant);
	if (views[belief].description == description)
		return expects(&views[belief], offered, length);
	if (looks(number, &views[belief], offered, length))
		return model_expects(number, offered, length, meant);
	return lenient(description, meant);
}

static void refused(int number)
{
	int description = model_description(number), belief = at(number)->belief;

	if (!is_guarded(description))
		fail("fd %d is no stream, and EPIPE came", number);
	minds[description].refused = true;
	if (belief >= 0 && views[belief].description == description)
		views[belief].poisoned = true;
	else
		minds[description].blurred = true;
}

static uint64_t least(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

static uint64_t most(uint64_t a, uint64_t b)
{
	return a > b ? a : b;
}

static uint64_t less(uint64_t a, uint64_t b)
{
	return a > b ? a - b : 0;
}

/* Framing `call`: what one call offers is a message, but for the rest of a cut one. */
static void advance(struct description *d, uint64_t offered, uint64_t accepted)
{
	uint64_t all = d->sent + offered, after = d->sent + accepted;
	uint64_t rest = less(d->known, accepted);

	if (after > d->end)
		d->end = all;
	d->sent = after;
	if (d->sent == d->end)
		d->known = 0;
	else if (accepted == offered)
		d->known = rest;
	else
		d->known = most(rest, least(model_window, least(d->end - after, offered - accepted)));
}

/* The guard took the number for another one's. Before it would believe that one to be cut, it looks, and
 * forgets the number. */
static bool looks_after(int other, size_t offered, ssize_t result)
{
	const struct description *d = &descriptions[other];

	if (result == (ssize_t)offered)
		return false;
	if (!model_is_inside(other))
		return result > 0;
	return result < 0 || (uint64_t)result != d->end - d->sent;
}

/* That one is not to suffer; but bytes that fit into a message of which nothing is known were taken for its
 * rest. */
static void wrote_mistaken(int number, int other, size_t offered, ssize_t result)
{
	if (looks_after(other, offered, result)) {
		count.repaired++;
		believe(number, NOTHING);
	} else if (result > 0 && model_is_inside(other)) {
		minds[other].blurred = true;
	}
}

static bool is_right(int number)
{
	int belief = at(number)->belief, description = model_description(number);

	return belief >= 0 && views[belief].description == description && live_views(description) == 1;
}

static void accepted(int number, size_t offered, bool meant, ssize_t result)
{
	int description = model_description(number);
	struct description *d = &descriptions[description];
	uint64_t taken = result > 0 ? (uint64_t)result : 0;
	bool inside = model_is_inside(description);

	/* What was refused is not known to those who did not see it. */
	if (!taken && !is_right(number))
		return;
	if (!meant && taken)
		d->corrupt = minds[description].blurred = true;
	advance(d, offered, taken);
	inside |= model_is_inside(description);
	count.cut += taken && taken < offered;
	if (taken && inside && !is_right(number))
		minds[description].blurred = true;
	if (inside && model_depth)
		d->foreign = true;
}

/* A child wrote on its parent's memory: what came of it is known, but not what the guard kept of it. */
void model_borrower_wrote(int number, size_t offered, bool meant, ssize_t result, int error)
{
	int description = model_description(number);
	bool refused_now = result < 0 && error == EPIPE, inside = model_is_inside(description);

	if (!refused_now)
		model_wrote(number, offered, meant, result, error);
	if (is_guarded(description))
		minds[description].blurred |= refused_now || inside || model_is_inside(description);
}

void model_wrote(int number, size_t offered, bool meant, ssize_t result, int error)
{
	int description = model_description(number), belief = at(number)->belief;

	if (result < 0 && error == EPIPE) {
		if (!descriptions[description].shut)
			refused(number);
		return;
	}
	if (model_is_mistaken(number) && is_guarded(views[belief].description))
		wrote_mistaken(number, views[belief].description, offered, result);
	if (is_guarded(description))
		accepted(number, offered, meant, result);
}

/* The kernel's word */

void model_check_number(int number)
{
	const struct description *d;
	struct stat status;
	int is = model_description(number);

	if (fstat(number, &status) != 0) {
		if (errno != EBADF || is >= 0)
			fail("the model holds fd %d open, fstat says errno %d", number, errno);
		return;
	}
	if (is < 0)
		fail("the model holds fd %d closed, the kernel does not", number);
	d = &descriptions[is];
	if (d->device != status.st_dev || d->inode != status.st_ino)
		fail("fd %d should be inode %llu, and is %llu", number, (unsigned long long)d->inode,
		     (unsigned long long)status.st_ino);
}

void model_check_all(void)
{
	for (unsigned i = 0; i < NUMBERS; i++)
		model_check_number(number_at(i));
}

static bool is_mine(int number)
{
	if (number < LOW || number >= HELPERS)
		return number_is_played(number) ? model_is_open(number) : number < HIGH;
	if (number >= KEPT && number < KEPT + DESCRIPTIONS)
		return minds[number - KEPT].used;
	return model_is_open(number);
}

static void check_link(int number)
{
	char path[64], link[64], socket[64];
	ssize_t length;

	snprintf(path, sizeof(path), "/proc/self/fd/%d", number);
	length = readlink(path, link, sizeof(link) - 1);
	if (length < 0)
		fail("readlink %s: errno %d", path, errno);
	link[length] = 0;
	snprintf(socket, sizeof(socket), "socket:[%llu]",
		 (unsigned long long)descriptions[model_description(number)].inode);
	if (is_guarded(model_description(number)) && strcmp(link, socket) != 0)
		fail("fd %d should be %s, and is %s", number, socket, link);
}

/* No number is open that should not be. */
void model_check_listing(void)
{
	DIR *directory = opendir("/proc/self/fd");
	struct dirent *entry;

	if (!directory)
		fail("/proc/self/fd: errno %d", errno);
	while ((entry = readdir(directory))) {
		int number = atoi(entry->d_name);

		if (entry->d_name[0] == '.' || number == dirfd(directory))
			continue;
		if (!is_mine(number))
			fail("fd %d is open, and nobody opened it", number);
		if (number_is_played(number))
			check_link(number);
	}
	closedir(directory);
}

void model_drain(int description, size_t limit)
{
	struct description *d = &descriptions[description];

	if (d->peer < 0)
		return;
	for (;;) {
		size_t room = limit < sizeof(scratch) ? limit : sizeof(scratch);
		ssize_t got = RAW3(SYS_read, kept(d->peer), scratch, room);

		if (got <= 0)
			return;
		for (ssize_t at_byte = 0; at_byte < got && d->kind == STREAM && !d->corrupt;
		     at_byte += LONGEST) {
			size_t length = (size_t)least((uint64_t)(got - at_byte), LONGEST);

			if (memcmp(scratch + at_byte, model_bytes(description, d->read + (uint64_t)at_byte),
				   length))
				fail("description %d: the peer got bytes that were not meant, at or behind "
				     "%llu",
				     description, (unsigned long long)d->read + (unsigned long long)at_byte);
		}
		d->read += (uint64_t)got;
		limit -= (size_t)got;
		if (!limit)
			return;
	}
}
