#ifndef POISONSHIM_TOOLS_MESSAGE_TYPE_H
#define POISONSHIM_TOOLS_MESSAGE_TYPE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MESSAGE_HEAD 64	    /* bytes of a message that its type is read from, at most */
#define MESSAGE_TYPE_MAX 64 /* characters of a type */

/* What kind of message of `protocol` (a preset's name, NULL: none) begins with head[0..n), in a few printable
 * words; its first bytes in hex where nothing better is known. */
void message_type(char type[MESSAGE_TYPE_MAX], const char *protocol, bool server, const uint8_t *head,
		  size_t n);

#endif
