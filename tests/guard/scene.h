#ifndef POISONSHIM_SCENE_H
#define POISONSHIM_SCENE_H

/* What the guarded test programs share: a stream whose peer reads only when told, messages in which every
 * byte tells where it belongs, and ways to wait until a thread is blocked. */

#include <errno.h>
#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <unistd.h>

#define MESSAGE_LENGTH ((size_t)64 << 10) /* far more than a wire takes before it blocks */

/* Ends the process with status 1 and says where. */
#define CHECK(condition) ((condition) ? (void)0 : scene_fail(__FILE__, __LINE__, #condition))
#define FAIL(what) scene_fail(__FILE__, __LINE__, what)
__attribute__((noreturn)) void scene_fail(const char *file, int line, const char *what);

/* A process that hangs is killed. */
void scene_start(void);

/* An AF_UNIX stream with small buffers. */
struct wire {
	int writer;
	int peer;
};
struct wire wire_open(void);

/* MESSAGE_LENGTH bytes, another message for each number. */
const uint8_t *message(unsigned number);

/* Everything that the peer can read now; at most `size` bytes. */
size_t wire_drain(struct wire wire, uint8_t *bytes, size_t size);

/* Reads as much until `length` bytes are there. */
void wire_read(struct wire wire, uint8_t *bytes, size_t length);

/* The peer got a beginning of message `number`, and neither all of it nor anything else. */
void wire_check_cut(struct wire wire, unsigned number);

/* The next bytes that the peer gets are message `number`. */
void wire_check_begins(struct wire wire, unsigned number);

/* The peer gets exactly message `number` and nothing else. */
void wire_check_whole(struct wire wire, unsigned number);

/* Every write function gives EPIPE, of no bytes too, through a duplicate too. */
void wire_check_poisoned(struct wire wire);

/* A whole message goes through. */
void wire_check_usable(struct wire wire);

/* A system call that no hook sees: libc's own syscall(). */
typedef long unseen_function(long number, ...);
unseen_function *unseen(void);

typedef ssize_t put_function(int fd, const void *bytes, size_t length);

/* write, writev, send, sendto, sendmsg, sendmmsg by name; and doors that are used less, see scene.c. */
put_function *put_named(const char *name);

/* Waits until a thread of this process sleeps in the kernel. */
void await_sleeping(pid_t tid);

/* Waits until it sleeps in a write: the peer has bytes of it. */
void await_blocked(pid_t tid, struct wire wire);
void await_blocked_in(pid_t pid, pid_t tid, struct wire wire);

/* Another process waits until this thread is blocked on the wire, then sends it the signal. */
void poke_when_blocked(struct wire wire, int signal);

/* A handler with these sigaction flags. It leaves errno alone. */
void handle(int signal, void (*handler)(int), int flags);

/* A thread that writes message `number` in one call. */
struct writer {
	struct wire wire;
	unsigned number;
	put_function *put;
	int flags; /* MSG_* for send, if `put` is not set */
	_Atomic pid_t tid;
	_Atomic ssize_t result; /* of a thread that may still be inside */
	int error;
	pthread_t thread;
};
void writer_start(struct writer *writer);
void writer_await_blocked(struct writer *writer);
void writer_await_sleeping(struct writer *writer);
void writer_join(struct writer *writer);

#endif
