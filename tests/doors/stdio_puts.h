#ifndef POISONSHIM_STDIO_PUTS_H
#define POISONSHIM_STDIO_PUTS_H

#include <stdbool.h>
#include <stdio.h>

/* A way in which a program has stdio send one message; true if that went well. */
typedef bool put_text_function(FILE *file, const char *text);

/* fwrite, fputs, fprintf, putc, fclose (its flush), unbuffered, line, full (buffers), dprintf, vdprintf,
 * fwprintf, putwc. */
put_text_function *stdio_put_named(const char *name);

#endif
