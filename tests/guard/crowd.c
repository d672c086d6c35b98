/* crowd SCENE: many threads at once, on one stream or on many. */

#include "scene.h"

#include <pthread.h>
#include <string.h>

#include "play.h"

static struct wire wire;

/* Whole messages: four bytes of length, the number of their thread, and that again in every byte. */
#define CROWD 4
#define CROWD_MESSAGES 60
#define CROWD_BYTES 3000

static void *send_messages(void *number)
{
	uint8_t bytes[CROWD_BYTES];

	memset(bytes, *(int *)number, sizeof(bytes));
	memcpy(bytes, "\0\0\x0b\xb4", 4);
	for (int i = 0; i < CROWD_MESSAGES; i++) {
		ssize_t n = write(wire.writer, bytes, sizeof(bytes));

		if (n < 0)
			CHECK(errno == EPIPE);
		if (n < 0)
			return number;
		CHECK(n == CROWD_BYTES);
	}
	return NULL;
}

static pthread_t crowd[CROWD];
static int numbers[CROWD] = {1, 2, 3, 4};

static void start_crowd(void)
{
	for (int i = 0; i < CROWD; i++)
		CHECK(pthread_create(&crowd[i], NULL, send_messages, &numbers[i]) == 0);
}

/* False at the end of the stream; inside a message only if `cut` may be. */
static bool read_message(bool cut)
{
	uint8_t bytes[CROWD_BYTES];
	ssize_t n = recv(wire.peer, bytes, sizeof(bytes), MSG_WAITALL);

	CHECK(n == CROWD_BYTES || n == 0 || cut);
	for (ssize_t i = 4; i < n; i++)
		CHECK(bytes[i] == bytes[4]);
	return n == CROWD_BYTES;
}

static void messages_of_many_threads_stay_whole(void)
{
	start_crowd();
	for (int i = 0; i < CROWD * CROWD_MESSAGES; i++)
		CHECK(read_message(false));
	for (int i = 0; i < CROWD; i++) {
		void *failed;

		CHECK(pthread_join(crowd[i], &failed) == 0);
		CHECK(!failed);
	}
	wire_check_usable(wire);
}

static void *end_crowd(void *unused)
{
	for (int i = 0; i < CROWD; i++)
		CHECK(pthread_join(crowd[i], NULL) == 0);
	close(wire.writer);
	return unused;
}

static void cancel_one_after(int messages)
{
	pthread_t end;

	start_crowd();
	for (int i = 0; i < messages; i++)
		CHECK(read_message(false));
	CHECK(pthread_cancel(crowd[messages % CROWD]) == 0);
	CHECK(pthread_create(&end, NULL, end_crowd, NULL) == 0);
	while (read_message(true))
		;
	CHECK(recv(wire.peer, &end, 1, 0) == 0);
	CHECK(pthread_join(end, NULL) == 0);
	close(wire.peer);
}

static void cancelling_one_of_many_threads_cuts_at_most_one_message(void)
{
	for (int messages = 1; messages < 60; messages++) {
		cancel_one_after(messages);
		wire = wire_open();
	}
}

/* Streams torn, poisoned and closed in every thread: no new one inherits anything. */
static void *churn(void *unused)
{
	const uint8_t *bytes = message(3);

	for (int i = 0; i < 300; i++) {
		struct wire mine = wire_open();

		wire_check_usable(mine);
		if (i % 3) {
			CHECK(send(mine.writer, bytes, MESSAGE_LENGTH, MSG_DONTWAIT) > 0);
			CHECK(i % 3 == 1 || (write(mine.writer, "another", 7) == -1 && errno == EPIPE));
		}
		close(mine.peer);
		close(mine.writer);
	}
	return unused;
}

static void numbers_reused_by_many_threads_are_clean(void)
{
	for (int i = 0; i < CROWD; i++)
		CHECK(pthread_create(&crowd[i], NULL, churn, NULL) == 0);
	for (int i = 0; i < CROWD; i++)
		CHECK(pthread_join(crowd[i], NULL) == 0);
}

static const struct scene scenes[] = {
    SCENE(messages_of_many_threads_stay_whole),
    SCENE(cancelling_one_of_many_threads_cuts_at_most_one_message),
    SCENE(numbers_reused_by_many_threads_are_clean),
};

int main(int argc, char **argv)
{
	wire = wire_open();
	return scene_play(scenes, sizeof(scenes) / sizeof(scenes[0]), argc, argv);
}
