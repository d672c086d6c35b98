#include "report_parts.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/vm_sockets.h>
#include <netinet/in.h>
#include <stddef.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

static void name_ipv4(struct line *line, const uint8_t host[4])
{
	for (unsigned i = 0; i < 4; i++) {
		line_text(line, i ? "." : "");
		line_number(line, host[i]);
	}
}

static unsigned group(const uint8_t host[16], unsigned i)
{
	return (unsigned)(host[2 * i] << 8 | host[2 * i + 1]);
}

/* How many groups are zero from i on. */
static unsigned zeros(const uint8_t host[16], unsigned i)
{
	unsigned n = 0;

	while (i + n < 8 && group(host, i + n) == 0)
		n++;
	return n;
}

/* The first of the longest runs of at least two zero groups (RFC 5952); 8 if there is none. */
static unsigned longest_zeros(const uint8_t host[16])
{
	unsigned best = 8;

	for (unsigned i = 0; i < 8; i++)
		if (zeros(host, i) > (best < 8 ? zeros(host, best) : 1))
			best = i;
	return best;
}

static void name_ipv6(struct line *line, const uint8_t host[16])
{
	static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff};
	unsigned gap = longest_zeros(host);
	const char *between = "";

	if (memcmp(host, mapped, sizeof(mapped)) == 0) {
		line_text(line, "::ffff:");
		name_ipv4(line, host + 12);
		return;
	}
	for (unsigned i = 0; i < 8; i++) {
		if (i == gap) {
			line_text(line, "::");
			between = "";
			i += zeros(host, gap) - 1;
			continue;
		}
		line_text(line, between);
		line_hex(line, group(host, i));
		between = ":";
	}
}

static void name_in6(struct line *line, const struct sockaddr_in6 *in6)
{
	line_text(line, "[");
	name_ipv6(line, in6->sin6_addr.s6_addr);
	if (in6->sin6_scope_id) {
		line_text(line, "%");
		line_number(line, in6->sin6_scope_id);
	}
	line_text(line, "]:");
	line_number(line, ntohs(in6->sin6_port));
}

static void name_in(struct line *line, const struct sockaddr_in *in)
{
	name_ipv4(line, (const uint8_t *)&in->sin_addr);
	line_text(line, ":");
	line_number(line, ntohs(in->sin_port));
}

static void name_vm(struct line *line, const struct sockaddr_vm *vm)
{
	line_number(line, vm->svm_cid);
	line_text(line, ":");
	line_number(line, vm->svm_port);
}

static void name_un(struct line *line, const struct sockaddr_un *un, socklen_t length)
{
	size_t n = length - offsetof(struct sockaddr_un, sun_path);

	if (length <= offsetof(struct sockaddr_un, sun_path))
		return;
	if (un->sun_path[0] == '\0') {
		line_text(line, "@");
		line_bytes(line, un->sun_path + 1, n - 1);
		return;
	}
	line_bytes(line, un->sun_path, strnlen(un->sun_path, n));
}

void contact_name(struct line *line, const struct sockaddr_storage *address, socklen_t length)
{
	if (address->ss_family == AF_INET)
		name_in(line, (const struct sockaddr_in *)address);
	else if (address->ss_family == AF_INET6)
		name_in6(line, (const struct sockaddr_in6 *)address);
	else if (address->ss_family == AF_VSOCK)
		name_vm(line, (const struct sockaddr_vm *)address);
	else if (address->ss_family == AF_UNIX)
		name_un(line, (const struct sockaddr_un *)address, length);
}

static const char *socket_type(sa_family_t family)
{
	switch (family) {
	case AF_INET:
	case AF_INET6:
		return "tcp";
	case AF_UNIX:
		return "unix";
	case AF_VSOCK:
		return "vsock";
	default:
		return "socket";
	}
}

static const char *file_type(int fd)
{
	struct stat status;

	if (fstat(fd, &status) != 0)
		return "closed";
	if (S_ISSOCK(status.st_mode))
		return "socket"; /* a filter denied the question for its name */
	if (S_ISFIFO(status.st_mode))
		return "pipe";
	if (S_ISCHR(status.st_mode))
		return isatty(fd) ? "tty" : "device";
	return "file";
}

void contact_ask(struct contact *contact, int fd)
{
	struct sockaddr_storage address = {0};
	socklen_t length = sizeof(address);

	contact->peer = line_in(contact->peer_text, sizeof(contact->peer_text));
	contact->local = line_in(contact->local_text, sizeof(contact->local_text));
	if (getsockname(fd, (struct sockaddr *)&address, &length) != 0) {
		contact->type = file_type(fd);
		return;
	}
	contact->type = socket_type(address.ss_family);
	contact_name(&contact->local, &address, length);
	length = sizeof(address);
	if (getpeername(fd, (struct sockaddr *)&address, &length) == 0)
		contact_name(&contact->peer, &address, length);
}
