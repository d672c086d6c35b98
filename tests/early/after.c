/* after SCENE: a program that goes on with the streams of before.c. */

#include "before.h"

#include <string.h>
#include <sys/wait.h>

#include "../guard/play.h"

static void tear(struct wire wire, unsigned number)
{
	CHECK(send(wire.writer, message(number), MESSAGE_LENGTH, MSG_DONTWAIT) > 0);
}

/* In whatever pieces go through. */
static void finish(struct wire wire, unsigned number, size_t sent)
{
	static uint8_t got[MESSAGE_LENGTH];
	const uint8_t *bytes = message(number);
	size_t read = 0;

	while (read < MESSAGE_LENGTH) {
		ssize_t n = send(wire.writer, bytes + sent, MESSAGE_LENGTH - sent, MSG_DONTWAIT);

		CHECK(n >= 0 || errno == EAGAIN);
		sent += n > 0 ? (size_t)n : 0;
		read += wire_drain(wire, got + read, sizeof(got) - read);
	}
	CHECK(memcmp(got, bytes, sizeof(got)) == 0);
	wire_check_usable(wire);
}

static void a_stream_that_lives_on_is_guarded(void)
{
	wire_check_usable(before.whole);
	tear(before.whole, 1);
	wire_check_poisoned(before.whole);
	wire_check_cut(before.whole, 1);
}

static void a_message_half_written_before_is_finished_after(void)
{
	finish(before.half, 1, before.sent);
	tear(before.half, 2);
	wire_check_poisoned(before.half);
	wire_check_cut(before.half, 2);
}

static void poison_follows_a_duplicate_that_was_made_before(void)
{
	tear(before.copy, 1);
	wire_check_poisoned(before.original);
	wire_check_poisoned(before.copy);
}

static void a_cut_message_goes_on_through_a_duplicate_that_was_made_before(void)
{
	ssize_t n = send(before.copy.writer, message(1), MESSAGE_LENGTH, MSG_DONTWAIT);

	CHECK(n > 0);
	finish(before.original, 1, (size_t)n);
	wire_check_usable(before.copy);
}

/* Nobody knows where its messages end. */
static void a_real_framing_leaves_alone_what_it_has_not_seen_from_the_start(void)
{
	finish(before.half, 1, before.sent);
	tear(before.half, 2);
	wire_drain(before.half, (uint8_t[MESSAGE_LENGTH]){0}, MESSAGE_LENGTH);
	CHECK(write(before.half.writer, "another", 7) == 7);
}

/* It would be an unfinished message, of which the second write would prove that it was given up. */
static void what_looks_like_a_protocols_first_bytes_is_not_taken_for_them(void)
{
	static const char request[] = "GET / HTTP/1.1\r\nHost: a\r\n";

	for (unsigned i = 0; i < 2; i++)
		CHECK(write(before.whole.writer, request, sizeof(request) - 1) == sizeof(request) - 1);
}

static void new_streams_are_guarded(void)
{
	struct wire wire = wire_open();

	tear(wire, 1);
	wire_check_poisoned(wire);
	CHECK(close(before.whole.writer) == 0);
	wire = wire_open();
	wire_check_usable(wire);
	tear(wire, 1);
	wire_check_poisoned(wire);
}

static void a_process_that_was_forked_before_is_guarded(void)
{
	int status;

	if (before.child)
		CHECK(waitpid(before.child, &status, 0) == before.child && status == 0);
	else
		scene_start();
	new_streams_are_guarded();
}

static const struct scene scenes[] = {
    SCENE(a_stream_that_lives_on_is_guarded),
    SCENE(a_message_half_written_before_is_finished_after),
    SCENE(poison_follows_a_duplicate_that_was_made_before),
    SCENE(a_cut_message_goes_on_through_a_duplicate_that_was_made_before),
    SCENE(a_real_framing_leaves_alone_what_it_has_not_seen_from_the_start),
    SCENE(what_looks_like_a_protocols_first_bytes_is_not_taken_for_them),
    SCENE(new_streams_are_guarded),
    SCENE(a_process_that_was_forked_before_is_guarded),
};

int main(int argc, char **argv)
{
	return scene_play(scenes, sizeof(scenes) / sizeof(scenes[0]), argc, argv);
}
