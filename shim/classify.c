#include "classify.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <unistd.h>

#include "config.h"
#include "line.h"
#include "real.h"
#include "report.h"

/* Device and inode folded: sockets, pipes and ttys have their own devices, and inodes of sockets count up. */
uint32_t classify_identity(const struct stat *stat)
{
	return (uint32_t)stat->st_ino ^ (uint32_t)stat->st_dev * 0x9e3779b1u;
}

uintptr_t classify_born(int domain, int type, int protocol)
{
	if ((type & ~(SOCK_NONBLOCK | SOCK_CLOEXEC)) != SOCK_STREAM)
		return SLOT_UNGUARDED;
	switch (domain) {
	case AF_INET:
	case AF_INET6:
		return protocol == 0 || protocol == IPPROTO_TCP || protocol == IPPROTO_MPTCP ? SLOT_BORN_TCP
											     : SLOT_UNGUARDED;
	case AF_UNIX:
		return SLOT_BORN_UNIX;
	case AF_VSOCK:
		return SLOT_BORN_VSOCK;
	default:
		return SLOT_UNGUARDED;
	}
}

/* A filter that came with the container answers for the kernel. Said once: it does so for every fd. */
static enum found not_told(int fd)
{
	static atomic_bool said;
	char text[128];
	struct line line = line_in(text, sizeof(text) - 1);
	int error = errno;

	if (atomic_exchange(&said, true))
		return FOUND_UNGUARDED;
	line_text(&line, "the kernel does not say what fd ");
	line_number(&line, (uint64_t)fd);
	line_text(&line, " is (");
	line_errno(&line, error);
	line_text(&line, "): it is not guarded, nor are others like it");
	text[line.length] = '\0';
	report_note(LOG_LEVEL_WARN, text);
	return FOUND_UNGUARDED;
}

static bool ask(int fd, int option, int *value)
{
	socklen_t length = sizeof(*value);

	return getsockopt(fd, SOL_SOCKET, option, value, &length) == 0;
}

/* What the kernel says of a socket that we did not see born; SLOT_UNKNOWN if nothing. */
static uintptr_t asked_tag(int fd)
{
	int domain, type, protocol;

	if (!ask(fd, SO_TYPE, &type) || !ask(fd, SO_DOMAIN, &domain) || !ask(fd, SO_PROTOCOL, &protocol))
		return SLOT_UNKNOWN;
	return classify_born(domain, type, protocol);
}

/* vmsplice to the reading end of a pipe reads. */
static bool is_written(int fd)
{
	int flags = real.fcntl(fd, F_GETFL);

	return flags >= 0 && (flags & O_ACCMODE) != O_RDONLY;
}

static enum found find_socket_type(int fd, uintptr_t tag, enum endpoint_type *type)
{
	switch (tag >= SLOT_BORN_TCP && tag < SLOT_BORN_SOCKET ? tag : asked_tag(fd)) {
	case SLOT_BORN_TCP:
	case SLOT_ACCEPTED_TCP:
		return *type = ENDPOINT_TCP, FOUND_PROFILE;
	case SLOT_BORN_UNIX:
	case SLOT_ACCEPTED_UNIX:
		return *type = ENDPOINT_UNIX, FOUND_PROFILE;
	case SLOT_BORN_VSOCK:
	case SLOT_ACCEPTED_VSOCK:
		return *type = ENDPOINT_VSOCK, FOUND_PROFILE;
	case SLOT_UNKNOWN:
		return not_told(fd);
	default:
		return FOUND_UNGUARDED;
	}
}

/* The type of endpoint, or FOUND_UNGUARDED for what is never guarded. */
static enum found find_type(int fd, const struct stat *stat, uintptr_t tag, enum endpoint_type *type)
{
	if (S_ISFIFO(stat->st_mode))
		return *type = ENDPOINT_PIPE, is_written(fd) ? FOUND_PROFILE : FOUND_UNGUARDED;
	if (S_ISCHR(stat->st_mode))
		return *type = ENDPOINT_TTY, isatty(fd) ? FOUND_PROFILE : FOUND_UNGUARDED;
	return S_ISSOCK(stat->st_mode) ? find_socket_type(fd, tag, type) : FOUND_UNGUARDED;
}

/* Unlike getpeername, SO_PEERNAME knows the peer of a connection whose first segment carries data
 * (TCP_FASTOPEN: inet_getname in net/ipv4/af_inet.c). */
static bool find_peer(int fd, struct endpoint *endpoint)
{
	struct sockaddr *peer = (struct sockaddr *)&endpoint->peer;

	endpoint->peer_length = sizeof(endpoint->peer);
	if (getpeername(fd, peer, &endpoint->peer_length) == 0)
		return true;
	if (errno != ENOTCONN)
		return false;
	endpoint->peer_length = endpoint->local_length; /* no longer than the address: EINVAL */
	return getsockopt(fd, SOL_SOCKET, SO_PEERNAME, peer, &endpoint->peer_length) == 0;
}

static bool is_denied(int error)
{
	return error == EPERM || error == EACCES || error == ENOSYS;
}

static enum found find_addresses(int fd, struct endpoint *endpoint)
{
	endpoint->local_length = sizeof(endpoint->local);
	if (getsockname(fd, (struct sockaddr *)&endpoint->local, &endpoint->local_length) != 0)
		endpoint->local_length = 0;
	if (find_peer(fd, endpoint))
		return FOUND_PROFILE;
	endpoint->peer_length = 0;
	if (is_denied(errno))
		return not_told(fd);
	return errno == ENOTCONN ? FOUND_NOTHING_YET : FOUND_PROFILE;
}

enum found classify(int fd, uintptr_t tag, struct found_stream *stream)
{
	struct endpoint endpoint = {.fd = fd, .accepted = slot_is_accepted(tag)};
	struct stat stat;
	bool server = false;

	if (fstat(fd, &stat) != 0)
		return errno == EBADF ? FOUND_NOTHING_YET : not_told(fd);
	enum found found = find_type(fd, &stat, tag, &endpoint.type);
	/* Rules that look at addresses cannot be asked before there is a connection. */
	if (found == FOUND_PROFILE && config.rules.need_addresses && S_ISSOCK(stat.st_mode))
		found = find_addresses(fd, &endpoint);
	if (found != FOUND_PROFILE)
		return found;
	*stream = (struct found_stream){
	    .profile = rules_match(&config.rules, &endpoint, &server),
	    .identity = classify_identity(&stat),
	    .is_socket = S_ISSOCK(stat.st_mode),
	};
	stream->is_server = server;
	return stream->profile ? FOUND_PROFILE : FOUND_NO_RULE;
}

bool classify_named(int fd, enum endpoint_type type)
{
	struct endpoint endpoint = {.fd = fd, .type = type};
	bool server;

	return rules_match(&config.rules, &endpoint, &server) != NULL;
}
