#ifndef POISONSHIM_CLASSIFY_H
#define POISONSHIM_CLASSIFY_H

#include <stdint.h>
#include <sys/stat.h>

#include "fdtable.h"

enum found {
	FOUND_NOTHING_YET, /* closed, or not connected while the rules look at addresses: ask again later */
	FOUND_UNGUARDED,   /* never guarded */
	FOUND_NO_RULE,	   /* a stream that no rule names */
	FOUND_PROFILE,
};

/* With FOUND_PROFILE. */
struct found_stream {
	const struct profile *profile;
	uint32_t identity; /* classify_identity() */
	bool is_server;	   /* what is written is what a server writes */
	bool is_socket;
};

/* Finds out what `fd` is and which rule it falls under. `tag` is what we saw of its birth, if anything: then
 * the kernel is asked only for the identity. */
enum found classify(int fd, uintptr_t tag, struct found_stream *stream);

/* The tag of a socket made with these arguments, SLOT_UNGUARDED if it is no stream that we guard. */
uintptr_t classify_born(int domain, int type, int protocol);

/* Which object of the kernel an fd means: equal for its duplicates, different for another object. */
uint32_t classify_identity(const struct stat *stat);

/* True if a rule names the fd itself, whatever it is. */
bool classify_named(int fd, enum endpoint_type type);

#endif
