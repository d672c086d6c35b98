#ifndef POISONSHIM_NOTICE_H
#define POISONSHIM_NOTICE_H

#include "stream.h"

/*
 * Tells the program that a stream was poisoned, poisonshim_on_poison(). Whoever poisons owns the stream, and
 * the program's callback may do anything that takes time or locks: so it is noted first, and told by the same
 * thread once it is not inside that stream any more.
 */

typedef void notice_callback(int fd, const char *why);

/* NULL: nobody wants to know. */
void notice_tell(notice_callback *callback);

/* `stream` was poisoned. */
void notice_take(const struct stream *stream, int fd, enum verdict verdict);

/* Calls the callback for what was noted, but for streams that this thread is still inside. Keeps errno. */
void notice_deliver(void);

#endif
