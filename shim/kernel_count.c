#include "kernel_count.h"

#include <linux/sockios.h>
#include <linux/tcp.h>
#include <netinet/in.h>
#include <stddef.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

/* The queue is read without the socket's lock: an ACK that comes between the two numbers moves bytes from one
 * to the other. */
#define TRIES 16

/* Not in <linux/tcp.h>. */
enum state {
	ESTABLISHED = 1,
	SYN_SENT = 2,
	FIN_WAIT1 = 4,
	FIN_WAIT2 = 5,
	CLOSE = 7,
	CLOSE_WAIT = 8,
	LAST_ACK = 9,
	CLOSING = 11,
};

static bool ask(int fd, struct tcp_info *info)
{
	socklen_t wanted = offsetof(struct tcp_info, tcpi_bytes_received), length = wanted;

	return getsockopt(fd, IPPROTO_TCP, TCP_INFO, info, &length) == 0 && length == wanted;
}

static bool add(int fd, struct tcp_info *info, uint32_t *bytes)
{
	for (int i = 0; i < TRIES; i++) {
		uint64_t acked = info->tcpi_bytes_acked;
		int queued;

		if (ioctl(fd, SIOCOUTQ, &queued) != 0 || !ask(fd, info))
			return false;
		*bytes = (uint32_t)acked + (uint32_t)queued;
		if (info->tcpi_bytes_acked == acked)
			return true;
	}
	return false;
}

static bool is_writable(const struct tcp_info *info)
{
	return info->tcpi_state == ESTABLISHED || info->tcpi_state == CLOSE_WAIT;
}

static bool has_sent_fin(const struct tcp_info *info)
{
	return info->tcpi_state == FIN_WAIT1 || info->tcpi_state == FIN_WAIT2 ||
	       info->tcpi_state == LAST_ACK || info->tcpi_state == CLOSING;
}

static bool is_connected(const struct tcp_info *info)
{
	return is_writable(info) || has_sent_fin(info);
}

static bool is_plain(int fd)
{
	char layer[16];
	int protocol;
	socklen_t length = sizeof(protocol), layer_length = sizeof(layer);

	return getsockopt(fd, SOL_SOCKET, SO_PROTOCOL, &protocol, &length) == 0 && protocol == IPPROTO_TCP &&
	       (getsockopt(fd, IPPROTO_TCP, TCP_ULP, layer, &layer_length) != 0 || layer_length == 0);
}

bool kernel_count(int fd, uint32_t *bytes)
{
	struct tcp_info info;

	if (!ask(fd, &info) || !is_connected(&info) || !is_plain(fd) || !add(fd, &info, bytes))
		return false;
	*bytes -= has_sent_fin(&info);
	return is_connected(&info);
}

bool kernel_count_of_stranger(int fd, uint32_t *bytes)
{
	struct tcp_info info;

	*bytes = KERNEL_COUNT_CONNECTS;
	if (!ask(fd, &info))
		return false;
	return info.tcpi_state == CLOSE || info.tcpi_state == SYN_SENT ||
	       (is_writable(&info) && add(fd, &info, bytes));
}
