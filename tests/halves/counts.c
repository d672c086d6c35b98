/* counts SCENE: kernel_count() over a kernel that says what the scene wants. */

#include <linux/sockios.h>
#include <linux/tcp.h>
#include <netinet/in.h>
#include <stdarg.h>
#include <string.h>
#include <sys/ioctl.h>

#include "../guard/play.h"
#include "../guard/scene.h"
#include "kernel_count.h"

enum {
	ESTABLISHED = 1,
	SYN_SENT = 2,
	SYN_RECV = 3,
	FIN_WAIT1 = 4,
	FIN_WAIT2 = 5,
	CLOSE = 7,
	CLOSE_WAIT = 8,
	LAST_ACK = 9,
	CLOSING = 11
};

#define FD 5

static struct kernel {
	uint8_t state;
	uint64_t acked;
	uint64_t queued;
	uint64_t acked_meanwhile; /* by each look at the queue */
	unsigned looks;		  /* that move something */
	int protocol;
	const char *layer;
	socklen_t shortest; /* bytes of tcp_info that an old kernel has; 0: all */
	bool no_queue;
} kernel;

static int give(void *value, socklen_t *length, const void *known, socklen_t size)
{
	if (*length > size)
		*length = size;
	memcpy(value, known, *length);
	return 0;
}

static int give_info(void *value, socklen_t *length)
{
	struct tcp_info info = {.tcpi_state = kernel.state, .tcpi_bytes_acked = kernel.acked};

	return give(value, length, &info, kernel.shortest ? kernel.shortest : sizeof(info));
}

__extension__ int getsockopt(int fd, int level, int option, void *restrict value, socklen_t *restrict length)
{
	CHECK(fd == FD);
	if (level == SOL_SOCKET && option == SO_PROTOCOL)
		return give(value, length, &kernel.protocol, sizeof(kernel.protocol));
	CHECK(level == IPPROTO_TCP);
	if (option == TCP_INFO)
		return give_info(value, length);
	CHECK(option == TCP_ULP);
	return give(value, length, kernel.layer, (socklen_t)strlen(kernel.layer));
}

/* The peer acknowledges before the queue is looked at. */
int ioctl(int fd, unsigned long request, ...)
{
	va_list arguments;

	CHECK(fd == FD && request == SIOCOUTQ);
	if (kernel.no_queue)
		return errno = EINVAL, -1;
	if (kernel.looks) {
		kernel.looks--;
		kernel.acked += kernel.acked_meanwhile;
		kernel.queued -= kernel.acked_meanwhile;
	}
	va_start(arguments, request);
	*va_arg(arguments, int *) = (int)kernel.queued;
	va_end(arguments);
	return 0;
}

static void set(struct kernel wanted)
{
	kernel = wanted;
	if (!kernel.state)
		kernel.state = ESTABLISHED;
	if (!kernel.protocol)
		kernel.protocol = IPPROTO_TCP;
	if (!kernel.layer)
		kernel.layer = "";
}

static bool is(uint32_t expected)
{
	uint32_t bytes = ~expected;

	return kernel_count(FD, &bytes) && bytes == expected;
}

static bool is_unknown(void)
{
	uint32_t bytes;

	return !kernel_count(FD, &bytes);
}

static bool is_of_stranger(uint32_t expected)
{
	uint32_t bytes = ~expected;

	return kernel_count_of_stranger(FD, &bytes) && bytes == expected;
}

static bool is_unknown_of_stranger(void)
{
	uint32_t bytes;

	return !kernel_count_of_stranger(FD, &bytes);
}

static void acknowledged_and_queued_bytes_are_added(void)
{
	set((struct kernel){.acked = 1001, .queued = 500});
	CHECK(is(1501));
	CHECK(is_of_stranger(1501));
	set((struct kernel){.state = CLOSE_WAIT, .acked = 1001, .queued = 500});
	CHECK(is(1501));
	CHECK(is_of_stranger(1501));
}

static void the_sum_is_modulo_4_gib(void)
{
	set((struct kernel){.acked = UINT32_MAX, .queued = 2});
	CHECK(is(1));
	set((struct kernel){.acked = (7ULL << 32) + 10, .queued = 5});
	CHECK(is(15));
	set((struct kernel){.acked = (7ULL << 32) - 10, .queued = 10});
	CHECK(is(0));
}

static void what_is_acknowledged_meanwhile_counts_once(void)
{
	set((struct kernel){.acked = 1, .queued = 5000, .acked_meanwhile = 1000, .looks = 5});
	CHECK(is(5001));
	CHECK(kernel.looks == 0);
}

static void an_acknowledgement_beyond_4_gib_is_seen(void)
{
	set((struct kernel){.acked = 1, .queued = 1ULL << 32, .acked_meanwhile = 1ULL << 32, .looks = 1});
	CHECK(is(1));
	CHECK(kernel.looks == 0);
}

static void a_count_that_never_rests_is_unknown(void)
{
	set((struct kernel){.queued = 1 << 30, .acked_meanwhile = 1, .looks = 1 << 20});
	CHECK(is_unknown());
	CHECK(is_unknown_of_stranger());
}

static void a_fin_is_no_byte(void)
{
	static const uint8_t states[] = {FIN_WAIT1, FIN_WAIT2, LAST_ACK, CLOSING};

	for (size_t i = 0; i < sizeof(states); i++) {
		set((struct kernel){.state = states[i], .acked = 10, .queued = 10});
		CHECK(is(19));
		CHECK(is_unknown_of_stranger());
	}
}

static void without_a_connection_nothing_is_known(void)
{
	static const uint8_t states[] = {SYN_SENT, SYN_RECV, CLOSE};

	for (size_t i = 0; i < sizeof(states); i++) {
		set((struct kernel){.state = states[i], .acked = 10, .queued = 10});
		CHECK(is_unknown());
	}
}

static void what_will_connect_has_sent_its_syn(void)
{
	set((struct kernel){.state = CLOSE, .acked = 10, .queued = 65538});
	CHECK(is_of_stranger(KERNEL_COUNT_CONNECTS));
	set((struct kernel){.state = SYN_SENT, .acked = 10, .queued = 65538});
	CHECK(is_of_stranger(KERNEL_COUNT_CONNECTS));
	set((struct kernel){.state = SYN_RECV});
	CHECK(is_unknown_of_stranger());
}

static void other_layers_count_other_bytes(void)
{
	set((struct kernel){.acked = 10, .protocol = IPPROTO_MPTCP});
	CHECK(is_unknown());
	set((struct kernel){.acked = 10, .layer = "tls"});
	CHECK(is_unknown());
}

static void an_old_kernel_does_not_say(void)
{
	set((struct kernel){.acked = 10, .shortest = offsetof(struct tcp_info, tcpi_bytes_acked)});
	CHECK(is_unknown());
	CHECK(is_unknown_of_stranger());
	set((struct kernel){.acked = 10, .shortest = offsetof(struct tcp_info, tcpi_bytes_received)});
	CHECK(is(10));
	set((struct kernel){.acked = 10, .no_queue = true});
	CHECK(is_unknown());
}

static const struct scene scenes[] = {
    SCENE(acknowledged_and_queued_bytes_are_added),
    SCENE(the_sum_is_modulo_4_gib),
    SCENE(what_is_acknowledged_meanwhile_counts_once),
    SCENE(an_acknowledgement_beyond_4_gib_is_seen),
    SCENE(a_count_that_never_rests_is_unknown),
    SCENE(a_fin_is_no_byte),
    SCENE(without_a_connection_nothing_is_known),
    SCENE(what_will_connect_has_sent_its_syn),
    SCENE(other_layers_count_other_bytes),
    SCENE(an_old_kernel_does_not_say),
};

int main(int argc, char **argv)
{
	return scene_play(scenes, sizeof(scenes) / sizeof(scenes[0]), argc, argv);
}
