#ifndef POISONSHIM_BENCH_H
#define POISONSHIM_BENCH_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>
#include <time.h>

/* Where the writes go. One thread writes and drains: a reader elsewhere would add its own wake-ups. */
struct target {
	int fd;	      /* written to */
	int reader;   /* read from; -1: nothing comes out */
	size_t batch; /* writes of the size it was opened for that fit without a reader */
};

/* Opens "null", "datagram", "pair" or "tcp" for writes of `size` bytes; exits with a message if it cannot. */
struct target target_open(const char *name, size_t size);

/* A connection that takes only a few kilobytes and then says EAGAIN. */
struct target target_open_narrow(const char *name);

/* Reads `bytes` bytes away. */
void target_drain(const struct target *target, size_t bytes);

/* A whole message of `size` bytes for packet(4), line, fixed(size) and call alike: a big endian length,
 * filling and a newline. The caller owns it. */
char *message_new(size_t size);

/* The same, from memory of that kind: heap, mapped. */
char *message_in(const char *memory, size_t size);

/* What the words behind a command's arguments say. */
struct options {
	char *message, *prologue; /* instead of message_new()'s; goes in front, once */
	size_t prologue_size;
	bool threaded;
};

/* "threaded", "message=FILE", "prologue=FILE"; a message must have `size` bytes. */
struct options options_parse(char **words, size_t size);

/* Writes all of it and drains it; exits with a message if it cannot. */
void put_whole(const struct target *target, const char *bytes, size_t size);

/* One way to write a whole buffer. */
typedef ssize_t (*write_function)(int fd, const char *message, size_t size);

/* "write", "writev", "writev8", "send", "sendmsg" or "sendfile"; exits with a message on any other. */
write_function write_function_named(const char *name);

/* The only function that callgrind counts: up to `count` writes; stops at the first that is not whole, and
 * returns what the last one returned. */
ssize_t counted_writes(write_function function, int fd, const char *message, size_t size, size_t count);

/* As many fds as wanted, or as the limit allows, which it raises if it may. */
size_t fds_within_limit(size_t wanted);

/* Both ends of a pair of sockets, each of which has written a message. */
void open_and_write_pair(int type, const char *message, size_t size, int pair[2]);

/* A line of /proc/self/smaps_rollup, in bytes: "Anonymous", or "Private_Dirty", in which a library that was
 * just written to its disk's cache counts too. */
long memory_bytes(const char *line);

/* The commands: arguments behind the command's name, NULL at the end. */
void command_write(char **arguments);
void command_torn(char **arguments);
void command_wait(char **arguments);
void command_guarded(char **arguments);
void command_refused(char **arguments);
void command_churn(char **arguments);
void command_memory(char **arguments);
void command_start(char **arguments);
void command_fds(char **arguments);
void command_threads(char **arguments);
void command_transfer(char **arguments);
void command_forked(char **arguments);
void command_lines(char **arguments);

/* A positive decimal number; exits with a message on anything else. */
size_t number(const char *text);

/* Sorts them. */
double median(double *values, size_t count);

/* Monotonic time. */
double now_ns(void);

/* What a clock says. */
double clock_ns(clockid_t clock);

#endif
