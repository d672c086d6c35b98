#include "match.h"

#include <linux/vm_sockets.h>
#include <netinet/in.h>
#include <stddef.h>
#include <string.h>
#include <sys/un.h>

/* Kernel answers are not complete: an address may not be known (yet, or any more). What is not known neither
 * holds nor fails. */
enum answer { ANSWER_NO, ANSWER_YES, ANSWER_UNKNOWN };

/* An address of any family in the terms of struct match. */
struct location {
	bool is_cid;
	uint8_t host[16];
	uint32_t port;
};

static struct location locate(const struct sockaddr_storage *address)
{
	const struct sockaddr_in *in = (const struct sockaddr_in *)address;
	const struct sockaddr_in6 *in6 = (const struct sockaddr_in6 *)address;
	const struct sockaddr_vm *vm = (const struct sockaddr_vm *)address;
	struct location location = {.host = {[10] = 0xff, [11] = 0xff}};

	if (address->ss_family == AF_INET6) {
		memcpy(location.host, &in6->sin6_addr, sizeof(location.host));
		location.port = ntohs(in6->sin6_port);
	} else if (address->ss_family == AF_INET) {
		memcpy(location.host + 12, &in->sin_addr, 4);
		location.port = ntohs(in->sin_port);
	} else {
		uint32_t cid = htonl(vm->svm_cid);

		location = (struct location){.is_cid = true, .port = vm->svm_port};
		memcpy(location.host + 12, &cid, 4);
	}
	return location;
}

bool match_contains(const struct match *match, uint32_t number)
{
	for (unsigned i = 0; i < match->ranges; i++)
		if (number >= match->range[i].low && number <= match->range[i].high)
			return true;
	return false;
}

static enum answer address_answer(const struct match *match, const struct sockaddr_storage *address,
				  socklen_t length)
{
	struct location location;

	if (length == 0)
		return ANSWER_UNKNOWN;
	location = locate(address);
	if (!match_contains(match, location.port))
		return ANSWER_NO;
	if (!match->has_host)
		return ANSWER_YES;
	return location.is_cid == match->host_is_cid &&
		       memcmp(location.host, match->host, sizeof(location.host)) == 0
		   ? ANSWER_YES
		   : ANSWER_NO;
}

/* Yes if one side says yes; no only if both sides do. */
static enum answer either(enum answer a, enum answer b)
{
	if (a == ANSWER_YES || b == ANSWER_YES)
		return ANSWER_YES;
	return a == ANSWER_NO && b == ANSWER_NO ? ANSWER_NO : ANSWER_UNKNOWN;
}

static bool is_network(const struct endpoint *endpoint)
{
	return endpoint->type == ENDPOINT_TCP || endpoint->type == ENDPOINT_VSOCK;
}

static enum answer network_answer(const struct match *match, const struct endpoint *endpoint)
{
	if (!is_network(endpoint))
		return ANSWER_NO;
	if (match->kind == MATCH_PEER)
		return address_answer(match, &endpoint->peer, endpoint->peer_length);
	if (match->kind == MATCH_LOCAL)
		return address_answer(match, &endpoint->local, endpoint->local_length);
	return either(address_answer(match, &endpoint->peer, endpoint->peer_length),
		      address_answer(match, &endpoint->local, endpoint->local_length));
}

/* True if the first element of `glob` covers `byte`; `size` is the length of that element. */
static bool element_covers(const char *glob, char byte, size_t *size)
{
	if (*glob == '\\') {
		*size = 2;
		return glob[1] == byte;
	}
	*size = 1;
	return *glob == '?' || *glob == byte;
}

bool glob_covers(const char *glob, const char *name, size_t n)
{
	const char *star = NULL; /* behind the last star, and where it ends for now */
	size_t star_end = 0;
	size_t at = 0;

	while (at < n || *glob == '*') {
		size_t size;

		if (*glob == '*') {
			star = ++glob;
			star_end = at;
		} else if (*glob && element_covers(glob, name[at], &size)) {
			glob += size;
			at++;
		} else if (star) {
			glob = star;
			at = ++star_end;
		} else {
			return false;
		}
	}
	return *glob == '\0';
}

static enum answer path_answer(const struct match *match, const struct sockaddr_storage *address,
			       socklen_t length)
{
	const char *path = ((const struct sockaddr_un *)address)->sun_path;
	bool abstract = match->glob[0] == '@';
	size_t n;

	if (length == 0)
		return ANSWER_UNKNOWN;
	if (length <= offsetof(struct sockaddr_un, sun_path) || abstract != (path[0] == '\0'))
		return ANSWER_NO;
	n = length - offsetof(struct sockaddr_un, sun_path);
	n = abstract ? n - 1 : strnlen(path, n);
	return glob_covers(match->glob + abstract, path + abstract, n) ? ANSWER_YES : ANSWER_NO;
}

static enum answer unix_answer(const struct match *match, const struct endpoint *endpoint)
{
	if (endpoint->type != ENDPOINT_UNIX)
		return ANSWER_NO;
	return either(path_answer(match, &endpoint->peer, endpoint->peer_length),
		      path_answer(match, &endpoint->local, endpoint->local_length));
}

static enum answer answer(const struct match *match, const struct endpoint *endpoint)
{
	switch (match->kind) {
	case MATCH_UNIX:
		return unix_answer(match, endpoint);
	case MATCH_FD:
		return match_contains(match, (uint32_t)endpoint->fd) ? ANSWER_YES : ANSWER_NO;
	case MATCH_TYPE:
		return match->types & 1U << endpoint->type ? ANSWER_YES : ANSWER_NO;
	case MATCH_ANY:
		return ANSWER_YES;
	default:
		return network_answer(match, endpoint);
	}
}

bool match_holds(const struct match *match, const struct endpoint *endpoint)
{
	return answer(match, endpoint) == (match->negated ? ANSWER_NO : ANSWER_YES);
}

static enum answer side_answer(const struct match *match, const struct endpoint *endpoint, bool ours)
{
	const struct sockaddr_storage *address = ours ? &endpoint->local : &endpoint->peer;
	socklen_t length = ours ? endpoint->local_length : endpoint->peer_length;

	switch (match->kind) {
	case MATCH_PORT:
		return is_network(endpoint) ? address_answer(match, address, length) : ANSWER_NO;
	case MATCH_PEER:
	case MATCH_LOCAL:
		return is_network(endpoint) && ours == (match->kind == MATCH_LOCAL)
			   ? address_answer(match, address, length)
			   : ANSWER_NO;
	case MATCH_UNIX:
		return endpoint->type == ENDPOINT_UNIX ? path_answer(match, address, length) : ANSWER_NO;
	default:
		return ANSWER_NO;
	}
}

bool match_holds_side(const struct match *match, const struct endpoint *endpoint, bool ours)
{
	return side_answer(match, endpoint, ours) == ANSWER_YES;
}
