#ifndef POISONSHIM_BENCH_H
#define POISONSHIM_BENCH_H

#include <stddef.h>
#include <sys/types.h>

/* Where the writes go. One thread writes and drains: a reader elsewhere would add its own wake-ups. */
struct target {
	int fd;	      /* written to */
	int reader;   /* read from; -1: nothing comes out */
	size_t batch; /* writes of the size it was opened for that fit without a reader */
};

/* Opens "null", "datagram", "pair" or "tcp" for writes of `size` bytes; exits with a message if it cannot. */
struct target target_open(const char *name, size_t size);

/* Reads `bytes` bytes away. */
void target_drain(const struct target *target, size_t bytes);

/* A whole message of `size` bytes for packet(4), line, fixed(size) and call alike: a big endian length,
 * filling and a newline. The caller owns it. */
char *message_new(size_t size);

/* One way to write a whole buffer. */
typedef ssize_t (*write_function)(int fd, const char *message, size_t size);

/* "write", "writev", "send" or "sendmsg"; exits with a message on any other. */
write_function write_function_named(const char *name);

/* The only function that callgrind counts: up to `count` writes; stops at the first that is not whole, and
 * returns what the last one returned. */
ssize_t counted_writes(write_function function, int fd, const char *message, size_t size, size_t count);

/* The commands: arguments behind the command's name, NULL at the end. */
void command_write(char **arguments);
void command_torn(char **arguments);
void command_wait(char **arguments);
void command_guarded(char **arguments);
void command_refused(char **arguments);
void command_churn(char **arguments);
void command_memory(char **arguments);
void command_start(char **arguments);

/* A positive decimal number; exits with a message on anything else. */
size_t number(const char *text);

/* Sorts them. */
double median(double *values, size_t count);

/* Monotonic time. */
double now_ns(void);

#endif
