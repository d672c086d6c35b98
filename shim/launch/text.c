#include "text.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../line.h"

static void *checked(void *memory)
{
	if (!memory) {
		fputs("poisonrun: out of memory\n", stderr);
		exit(2);
	}
	return memory;
}

const char *format(const char *template, ...)
{
	char *text = NULL;
	va_list list;

	va_start(list, template);
	if (vasprintf(&text, template, list) < 0)
		text = NULL;
	va_end(list);
	return checked(text);
}

const char *printable(const char *text)
{
	size_t n = strlen(text);
	size_t size = 4 * n + 1;
	char *copy = checked(calloc(size, 1));
	struct line line = line_in(copy, size - 1);

	line_printable(&line, text, n);
	return copy;
}
