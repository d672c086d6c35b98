#ifndef POISONSHIM_WIRE_H
#define POISONSHIM_WIRE_H

/* A TCP connection on loopback inside one process, what was meant to go over it, and what came. */

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "../guard/scene.h"

#define LONG_MESSAGE ((size_t)1 << 20) /* far more than fits between the two ends */

struct tcp {
	int writer, peer;
	uint8_t *meant; /* all that was written, by whatever door */
	size_t length;
};

enum end { CONNECTS, ACCEPTED };

/* SCENE_WRITER=accepted makes the end that was accepted the writer. */
enum end writer_wanted(void);

/* Both ends have small buffers. */
struct tcp tcp_open(enum end writer);

int tcp_listen(struct sockaddr_in *address);

/* The ends exist already. */
struct tcp tcp_of(int writer, int peer);

/* Writes all of it through libc, or past it, while the peer reads. */
void put(struct tcp *tcp, const void *bytes, size_t length);
void put_past(struct tcp *tcp, const void *bytes, size_t length);

void put_by(struct tcp *tcp, put_function *function, const uint8_t *bytes, size_t length);

/* A long message of which the kernel takes a part at once: bytes of it that are still missing. */
const uint8_t *long_message(void);
size_t cut(struct tcp *tcp);

/* It was written by another door: the next `length` bytes that come. */
void meant(struct tcp *tcp, const void *bytes, size_t length);

/* Nothing came that was not meant, and all that was. */
void check_came(struct tcp *tcp);

/* A whole message goes through. */
void check_goes_through(struct tcp *tcp);

/* A message that is not the rest gets EPIPE, and the peer nothing of it. */
void check_refused(struct tcp *tcp);

/* The peer has acknowledged all. */
void await_acknowledged(const struct tcp *tcp);

#endif
