/* interrupted SCENE: handlers that close what they interrupted, or fork in the middle of it. */

#include "scene.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "play.h"

static struct wire wire, other;
static const uint8_t *sent;
static volatile int handled;

static void close_here(int signal)
{
	(void)signal;
	handled++;
	close(wire.writer);
}

static struct wire next;

static void closing_the_interrupted_stream_leaves_its_number_clean(void)
{
	handle(SIGUSR1, close_here, 0);
	poke_when_blocked(wire, SIGUSR1);
	CHECK(write(wire.writer, sent, MESSAGE_LENGTH) > 0);
	next = wire_open();
	CHECK(next.writer == wire.writer);
	wire_check_usable(next);
}

static void close_here_and_open_there(int signal)
{
	(void)signal;
	handled++;
	close(wire.writer);
	other = wire_open();
	wire_check_usable(other);
}

static void what_the_interrupted_write_did_is_not_counted_on_a_connection_made_meanwhile(void)
{
	handle(SIGUSR1, close_here_and_open_there, 0);
	poke_when_blocked(wire, SIGUSR1);
	CHECK(write(wire.writer, sent, MESSAGE_LENGTH) > 0);
	CHECK(handled == 1);
	CHECK(other.writer == wire.writer);
	wire_check_usable(other);
}

static void close_here_and_open(int signal)
{
	close_here(signal);
	next = wire_open();
	CHECK(next.writer == wire.writer);
	wire_check_usable(next);
}

static void a_stream_opened_by_the_handler_is_not_the_one_it_closed(void)
{
	handle(SIGUSR1, close_here_and_open, 0);
	poke_when_blocked(wire, SIGUSR1);
	CHECK(write(wire.writer, sent, MESSAGE_LENGTH) > 0);
	wire_check_usable(next);
	wire_check_cut(wire, 1);
	wire_check_usable(next);
}

static void fork_here(int signal)
{
	int status;
	pid_t child = fork();

	(void)signal;
	handled++;
	CHECK(child >= 0);
	if (child > 0) {
		CHECK(waitpid(child, &status, 0) == child && status == 0);
		return;
	}
	scene_start();
	wire_check_usable(other);
}

/* The child comes back out of the handler into its copy of the write. */
static void a_child_forked_by_the_handler_has_streams_of_its_own(void)
{
	pid_t pid = getpid();
	ssize_t n;

	handle(SIGUSR1, fork_here, 0);
	poke_when_blocked(wire, SIGUSR1);
	n = write(wire.writer, sent, MESSAGE_LENGTH);
	CHECK(n > 0);
	wire_check_usable(other);
	if (getpid() != pid)
		_exit(0);
	CHECK(handled == 1);
	wire_check_poisoned(wire);
	wire_check_cut(wire, 1);
}

static const struct scene scenes[] = {
    SCENE(closing_the_interrupted_stream_leaves_its_number_clean),
    SCENE(what_the_interrupted_write_did_is_not_counted_on_a_connection_made_meanwhile),
    SCENE(a_stream_opened_by_the_handler_is_not_the_one_it_closed),
    SCENE(a_child_forked_by_the_handler_has_streams_of_its_own),
};

int main(int argc, char **argv)
{
	wire = wire_open();
	other = wire_open();
	sent = message(1);
	return scene_play(scenes, sizeof(scenes) / sizeof(scenes[0]), argc, argv);
}
