#ifndef POISONSHIM_RULES_H
#define POISONSHIM_RULES_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

#include "framing/framing.h"

enum endpoint_type {
	ENDPOINT_TCP,
	ENDPOINT_UNIX,
	ENDPOINT_VSOCK,
	ENDPOINT_PIPE,
	ENDPOINT_TTY,
};

/* What an fd is connected to. A length of 0 means: not known, and no rule that needs it matches. */
struct endpoint {
	int fd;
	bool accepted; /* the peer connected it to us */
	enum endpoint_type type;
	socklen_t local_length;
	socklen_t peer_length;
	struct sockaddr_storage local;
	struct sockaddr_storage peer;
};

enum action {
	ACTION_EPIPE,	 /* return EPIPE, nothing else */
	ACTION_SHUTDOWN, /* shutdown(SHUT_WR): the kernel then refuses for every process */
	ACTION_RESET,	 /* SO_LINGER 0: close sends RST */
	ACTION_ABORT,	 /* abort(): core dump at the culprit */
};

enum role {
	ROLE_FROM_ENDPOINT, /* our own port or path was named: server; the peer's: client; else who connected
			     */
	ROLE_CLIENT,
	ROLE_SERVER,
};

/* How a stream is guarded: what a rule says. */
struct profile {
	struct framing framing[FRAMING_STAGES_MAX];
	framing_feeder *feed; /* framing_feeder_of(): one load less on the clean path */
	enum role role;
	uint32_t window;      /* bytes of a refused tail kept for comparison, >= 1 */
	uint32_t call_window; /* the same where framing auto has found nothing but calls */
	enum action action;
	bool desync_poisons; /* desync=poison; otherwise the stream goes OFF */
};

#define RULES_MAX 64

enum match_kind { MATCH_PORT, MATCH_PEER, MATCH_LOCAL, MATCH_UNIX, MATCH_FD, MATCH_TYPE, MATCH_ANY };

#define MATCHES_MAX 6
#define RANGES_MAX 16

struct match {
	enum match_kind kind;
	bool negated;
	bool has_host;
	uint8_t host[16]; /* IPv6, IPv4 as ::ffff:a.b.c.d; vsock: the CID in the last 4 bytes, big endian */
	bool host_is_cid;
	uint8_t ranges;
	struct range {
		uint32_t low, high;
	} range[RANGES_MAX];
	uint32_t types; /* MATCH_TYPE: bit set of 1 << endpoint_type */
	char glob[220]; /* MATCH_UNIX, %XX decoded; '@' first means abstract; a backslash before a byte that
			   is itself */
};

struct rule {
	struct profile profile;
	uint8_t matches;
	struct match match[MATCHES_MAX];
};

struct rules {
	unsigned count;
	bool need_addresses; /* some rule looks at an address: port, peer, local, unix */
	struct rule rule[RULES_MAX];
};

/* The profile of the first rule that matches, or NULL: leave this fd alone. A framing `off` gives NULL.
 * fd 0, 1 and 2 match only a rule with a (not negated) fd: match that contains them; pipes only rules with
 * fd: or type:; ttys only fd:. *server: what is written there is what a server writes. */
const struct profile *rules_match(const struct rules *rules, const struct endpoint *endpoint, bool *server);

/* Reads the name of an action at the cursor. */
bool rules_parse_action(struct parse *parse, enum action *action);

/* Parses POISONSHIM_RULES: adds to rules->rule. `defaults` gives action; window 0 means per framing. */
bool rules_parse(struct parse *parse, struct rules *rules, const struct profile *defaults);

/* Parses POISONSHIM_FRAMING, "framing *(, option)": adds one last rule for every stream socket. */
bool rules_parse_framing(struct parse *parse, struct rules *rules, const struct profile *defaults);

#endif
