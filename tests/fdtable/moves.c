/* The calls by which numbers change their meaning. */

#include "play.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/close_range.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

#include "raw.h"

#define CROWDED 18 /* so many numbers are open: no more, the low ones are few */

static struct sockaddr_un address;
static socklen_t address_length;

const char *const door_names[] = {"libc", "syscall()", "raw"};

static int demand(int result, const char *what)
{
	if (result < 0)
		fail("%s: errno %d", what, errno);
	return result;
}

static void move_away(int fd, int number)
{
	demand((int)RAW3(SYS_dup3, fd, number, 0), "dup3 of a helper");
	RAW1(SYS_close, fd);
}

static void start_listener(void)
{
	int fd = (int)RAW3(SYS_socket, AF_UNIX, SOCK_STREAM, 0);

	address.sun_family = AF_UNIX;
	demand(bind(fd, (struct sockaddr *)&address, sizeof(sa_family_t)), "bind");
	address_length = sizeof(address);
	demand(getsockname(fd, (struct sockaddr *)&address, &address_length), "getsockname");
	demand(listen(fd, 8), "listen");
	move_away(fd, HELPER_LISTENER);
}

void helpers_start(void)
{
	int pair[2];

	RAW3(SYS_close_range, LOW, ~0u, 0);
	start_listener();
	demand((int)RAW4(SYS_socketpair, AF_UNIX, SOCK_DGRAM, 0, pair), "socketpair");
	move_away(pair[0], HELPER_SENDER);
	move_away(pair[1], HELPER_RECEIVER);
	move_away(demand((int)RAW2(SYS_pidfd_open, getpid(), 0), "pidfd_open"), HELPER_SELF);
}

static bool is_crowded(void)
{
	return model_open_numbers() >= CROWDED;
}

/* Small buffers make cuts cheap. */
static int adopt_stream(int fd)
{
	int small = 1;

	demand(setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &small, sizeof(small)), "SO_SNDBUF");
	demand((int)RAW3(SYS_fcntl, fd, F_SETFL, O_RDWR | O_NONBLOCK), "O_NONBLOCK");
	return model_new(STREAM, fd);
}

static void open_both(const int pair[2], const int ends[2], bool seen)
{
	model_pair(ends[0], ends[1]);
	model_opened(pair[0], ends[0], seen);
	model_opened(pair[1], ends[1], seen);
}

void move_pair(void)
{
	enum door door = pick_door();
	int pair[2];

	if (is_crowded())
		return;
	demand(door_socketpair(door, SOCK_STREAM, pair), "socketpair");
	int ends[2] = {adopt_stream(pair[0]), adopt_stream(pair[1])};
	open_both(pair, ends, door_is_seen(door, "socketpair"));
	say("%s socketpair: %d (%d) and %d (%d)", door_names[door], pair[0], ends[0], pair[1], ends[1]);
}

static int accept_somehow(enum door door, bool four)
{
	return four ? door_accept4(door, HELPER_LISTENER, SOCK_NONBLOCK) : door_accept(door, HELPER_LISTENER);
}

void move_connect(void)
{
	enum door doors[3] = {pick_door(), pick_door(), pick_door()};
	bool four = chance(50);

	if (is_crowded())
		return;
	int client = demand(door_socket(doors[0], AF_UNIX, SOCK_STREAM), "socket");
	int client_end = adopt_stream(client);
	model_opened(client, client_end, door_is_seen(doors[0], "socket"));
	demand(door_connect(doors[1], client, (struct sockaddr *)&address, address_length), "connect");
	model_connected(client, door_is_seen(doors[1], "connect"));
	int server = demand(accept_somehow(doors[2], four), "accept");
	int server_end = adopt_stream(server);
	model_pair(client_end, server_end);
	model_opened(server, server_end, door_is_seen(doors[2], four ? "accept4" : "accept"));
	say("%s socket: %d (%d), %s connect, %s accept: %d (%d)", door_names[doors[0]], client, client_end,
	    door_names[doors[1]], door_names[doors[2]], server, server_end);
}

static void open_pipe(enum door door)
{
	int pair[2];

	demand(door_pipe2(door, pair, O_NONBLOCK), "pipe2");
	RAW3(SYS_fcntl, pair[1], F_SETPIPE_SZ, 4096);
	int ends[2] = {model_new(PIPE_READER, pair[0]), model_new(PIPE_WRITER, pair[1])};
	open_both(pair, ends, door_is_seen(door, "pipe2"));
	say("%s pipe: %d (%d) and %d (%d)", door_names[door], pair[0], ends[0], pair[1], ends[1]);
}

static void open_datagram(enum door door)
{
	int pair[2];

	demand(door_socketpair(door, SOCK_DGRAM | SOCK_NONBLOCK, pair), "socketpair");
	int ends[2] = {model_new(DATAGRAM, pair[0]), model_new(DATAGRAM, pair[1])};
	open_both(pair, ends, door_is_seen(door, "socketpair"));
	say("%s datagram socketpair: %d (%d) and %d (%d)", door_names[door], pair[0], ends[0], pair[1],
	    ends[1]);
}

static void open_file(enum door door)
{
	int fd = demand(door_open(door, "/dev/null", O_RDWR), "open");
	int description = model_new(NULL_FILE, fd);

	model_opened(fd, description, door_is_seen(door, "open"));
	say("%s open: %d (%d)", door_names[door], fd, description);
}

static void open_events(enum door door)
{
	int fd = demand(door_eventfd(door, EFD_NONBLOCK), "eventfd");
	int description = model_new(EVENTS, fd);

	model_opened(fd, description, door_is_seen(door, "eventfd"));
	say("%s eventfd: %d (%d)", door_names[door], fd, description);
}

void move_other(void)
{
	static void (*const open_one[])(enum door door) = {open_pipe, open_datagram, open_file, open_events};

	if (!is_crowded())
		open_one[pick(4)](pick_door());
}

void move_close(void)
{
	enum door door = pick_door();
	int number = chance(95) ? pick_open_number() : pick_number();

	if (number < 0)
		return;
	say("%s close: %d", door_names[door], number);
	if ((door_close(door, number) == 0) != model_is_open(number))
		fail("close of %d: errno %d", number, errno);
	model_closed(number, door_is_seen(door, "close"));
}

static void closed_between(unsigned first, unsigned last, bool seen)
{
	for (unsigned i = 0; i < NUMBERS; i++)
		if ((unsigned)number_at(i) >= first && (unsigned)number_at(i) <= last)
			model_closed(number_at(i), seen);
}

void move_close_range(void)
{
	enum door door = pick_door();
	unsigned first = LOW + pick(LOW_END - LOW), last = first + pick(4);
	int flags = chance(10) ? CLOSE_RANGE_CLOEXEC : 0;

	if (chance(2))
		last = first - 1;
	say("%s close_range: %u to %u, flags %d", door_names[door], first, last, flags);
	if ((door_close_range(door, first, last, flags) == 0) != (first <= last))
		fail("close_range: errno %d", errno);
	if (!flags)
		closed_between(first, last, door_is_seen(door, "close_range"));
}

void move_close_high(void)
{
	enum door door = pick_door();
	unsigned first = HIGH + pick(HIGH_END - HIGH);

	if (chance(50)) {
		say("closefrom: %u", first);
		closefrom((int)first);
		closed_between(first, ~0u, door_is_seen(DOOR_LIBC, "closefrom"));
		return;
	}
	say("%s close_range: %u to the end", door_names[door], first);
	demand(door_close_range(door, first, ~0u, 0), "close_range");
	closed_between(first, ~0u, door_is_seen(door, "close_range"));
}

static FILE *stdio_of(int number)
{
	static const char *const modes[] = {[PIPE_READER] = "r", [PIPE_WRITER] = "w"};
	enum kind kind = descriptions[model_description(number)].kind;
	FILE *file = fdopen(number, kind == PIPE_READER || kind == PIPE_WRITER ? modes[kind] : "r+");

	if (!file)
		fail("fdopen of %d: errno %d", number, errno);
	return file;
}

void move_fclose(void)
{
	int number = pick_open_number();

	if (number < 0)
		return;
	say("fclose: %d", number);
	demand(fclose(stdio_of(number)), "fclose");
	model_closed(number, door_is_seen(DOOR_LIBC, "fclose"));
}

/* The FILE is lost: closing it would close the number. */
void move_freopen(void)
{
	int number = pick_open_number();

	if (number < 0)
		return;
	say("freopen: %d", number);
	FILE *file = freopen("/dev/null", "r+", stdio_of(number));
	if (!file || fileno(file) != number)
		fail("freopen of %d: errno %d", number, errno);
	model_replaced(number, model_new(NULL_FILE, number), door_is_seen(DOOR_LIBC, "freopen"));
}

struct duplicate {
	const char *name;
	int (*make)(enum door door, int number, int wanted);
	bool named; /* onto a number that the caller names */
};

static int make_dup(enum door door, int number, int wanted)
{
	(void)wanted;
	return door_dup(door, number);
}

static int make_dup3(enum door door, int number, int wanted)
{
	return door_dup3(door, number, wanted, chance(50) ? O_CLOEXEC : 0);
}

static int make_above(enum door door, int number, int wanted)
{
	(void)wanted;
	return door_dup_above(door, number, chance(50) ? F_DUPFD : F_DUPFD_CLOEXEC,
			      chance(50) && !model_is_open(HIGH_END - 1) ? HIGH + (int)pick(6) : LOW);
}

static const struct duplicate duplicates[] = {
    {"dup", make_dup, false},
    {"dup2", door_dup2, true},
    {"dup3", make_dup3, true},
    {"fcntl", make_above, false},
};

void move_duplicate(void)
{
	const struct duplicate *way = &duplicates[pick(4)];
	enum door door = pick_door();
	int number = chance(97) ? pick_open_number() : pick_number(), wanted = pick_number();

	if (number < 0 || (!way->named && is_crowded()))
		return;
	int copy = way->make(door, number, wanted);
	say("%s %s: %d is now %d", door_names[door], way->name, copy, number);
	if (copy >= 0)
		model_duplicated(number, copy, door_is_seen(door, way->name));
	else if (model_is_open(number) && number != wanted)
		fail("%s: errno %d", way->name, errno);
}

union control {
	char bytes[CMSG_SPACE(sizeof(int))];
	struct cmsghdr header;
};

static struct msghdr message_with(struct iovec *piece, union control *control)
{
	return (struct msghdr){.msg_iov = piece,
			       .msg_iovlen = 1,
			       .msg_control = control->bytes,
			       .msg_controllen = sizeof(control->bytes)};
}

static void send_number(int number)
{
	char byte = 0;
	struct iovec piece = {&byte, 1};
	union control control = {.header = {CMSG_LEN(sizeof(int)), SOL_SOCKET, SCM_RIGHTS}};
	struct msghdr message = message_with(&piece, &control);

	memcpy(CMSG_DATA(&control.header), &number, sizeof(number));
	demand((int)RAW3(SYS_sendmsg, HELPER_SENDER, &message, 0), "sendmsg");
}

static int receive_number(enum door door, bool many)
{
	char byte;
	struct iovec piece = {&byte, 1};
	union control control = {.header = {0}};
	struct mmsghdr message = {.msg_hdr = message_with(&piece, &control)};
	int number;

	demand(many ? door_recvmmsg(door, HELPER_RECEIVER, &message)
		    : door_recvmsg(door, HELPER_RECEIVER, &message.msg_hdr),
	       "recvmsg");
	if (!CMSG_FIRSTHDR(&message.msg_hdr))
		fail("no fd was received");
	memcpy(&number, CMSG_DATA(CMSG_FIRSTHDR(&message.msg_hdr)), sizeof(number));
	return number;
}

/* The number may be closed while its description is on the way. */
void move_receive(void)
{
	enum door door = pick_door(), closing = pick_door();
	int number = pick_open_number();
	bool many = chance(30), away = chance(40);

	if (number < 0 || is_crowded())
		return;
	int description = model_description(number);
	model_hold(description);
	send_number(number);
	if (away) {
		demand(door_close(closing, number), "close");
		model_closed(number, door_is_seen(closing, "close"));
		say("%s close: %d;", door_names[closing], number);
	}
	int copy = receive_number(door, many);
	say(" %s %s: %d is what %d was", door_names[door], many ? "recvmmsg" : "recvmsg", copy, number);
	model_received(copy, description, door_is_seen(door, many ? "recvmmsg" : "recvmsg"));
	model_let_go(description);
}

void move_getfd(void)
{
	enum door door = pick_door();
	int number = pick_open_number();

	if (number < 0 || is_crowded() || model_depth)
		return;
	int copy = demand(door_pidfd_getfd(door, HELPER_SELF, number), "pidfd_getfd");
	say("%s pidfd_getfd: %d is now %d", door_names[door], copy, number);
	model_received(copy, model_description(number), door_is_seen(door, "pidfd_getfd"));
}

/* A description comes back under a number when the guard may have forgotten it. */
void move_resurrect(void)
{
	int description = (int)pick(DESCRIPTIONS);

	if (!model_is_kept(description) || is_crowded())
		return;
	int number = demand((int)RAW1(SYS_dup, KEPT + description), "dup");
	say("resurrected: %d (%d)", number, description);
	model_opened(number, description, false);
}

void move_shutdown(void)
{
	enum door door = pick_door();
	int number = pick_open_number(), how = (int)pick(3);

	if (number < 0 || descriptions[model_description(number)].kind != STREAM)
		return;
	say("%s shutdown: %d, %d", door_names[door], number, how);
	demand(door_shutdown(door, number, how), "shutdown");
	model_shut(model_description(number));
	model_shut(descriptions[model_description(number)].peer);
}
