#include "stdio_puts.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <wchar.h>

#include "../guard/scene.h"

static bool by_fwrite(FILE *file, const char *bytes)
{
	return fwrite(bytes, 1, strlen(bytes), file) == strlen(bytes) && fflush(file) == 0;
}

static bool by_fputs(FILE *file, const char *bytes)
{
	return fputs(bytes, file) >= 0 && fflush(file) == 0;
}

static bool by_fprintf(FILE *file, const char *bytes)
{
	return fprintf(file, "%s", bytes) == (int)strlen(bytes) && fflush(file) == 0;
}

static bool by_putc(FILE *file, const char *bytes)
{
	bool good = true;

	while (*bytes && good)
		good = putc(*bytes++, file) != EOF;
	return fflush(file) == 0 && good;
}

static bool by_unbuffered_fwrite(FILE *file, const char *bytes)
{
	CHECK(setvbuf(file, NULL, _IONBF, 0) == 0);
	return fwrite(bytes, strlen(bytes), 1, file) == 1;
}

static bool by_line_buffered_puts(FILE *file, const char *bytes)
{
	CHECK(setvbuf(file, NULL, _IOLBF, 4096) == 0);
	return fputs(bytes, file) >= 0 && fputs("\n", file) >= 0;
}

static bool by_full_buffer(FILE *file, const char *bytes)
{
	CHECK(setvbuf(file, malloc(2 * MESSAGE_LENGTH), _IOFBF, 2 * MESSAGE_LENGTH) == 0);
	CHECK(fputs(bytes, file) >= 0);
	return fflush(file) == 0;
}

static bool by_dprintf(FILE *file, const char *bytes)
{
	return dprintf(fileno(file), "%s", bytes) == (int)strlen(bytes);
}

static int print(int fd, const char *format, ...) __attribute__((format(printf, 2, 3)));
static int print(int fd, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	int n = vdprintf(fd, format, arguments);
	va_end(arguments);
	return n;
}

static bool by_vdprintf(FILE *file, const char *bytes)
{
	return print(fileno(file), "%s", bytes) == (int)strlen(bytes);
}

static bool by_fwprintf(FILE *file, const char *bytes)
{
	return fwprintf(file, L"%s", bytes) == (int)strlen(bytes) && fflush(file) == 0;
}

static bool by_putwc(FILE *file, const char *bytes)
{
	bool good = true;

	while (*bytes && good)
		good = putwc((wchar_t)*bytes++, file) != WEOF;
	return fflush(file) == 0 && good;
}

static bool by_fclose(FILE *file, const char *bytes)
{
	int fd = dup(fileno(file));
	FILE *copy = fdopen(fd, "w");

	CHECK(setvbuf(copy, malloc(2 * MESSAGE_LENGTH), _IOFBF, 2 * MESSAGE_LENGTH) == 0);
	CHECK(fputs(bytes, copy) >= 0);
	return fclose(copy) == 0;
}

static const struct put {
	const char *name;
	put_text_function *put;
} puts_by_name[] = {
    {"fwrite", by_fwrite},	     {"fputs", by_fputs},
    {"fprintf", by_fprintf},	     {"putc", by_putc},
    {"fclose", by_fclose},	     {"unbuffered", by_unbuffered_fwrite},
    {"line", by_line_buffered_puts}, {"full", by_full_buffer},
    {"dprintf", by_dprintf},	     {"vdprintf", by_vdprintf},
    {"fwprintf", by_fwprintf},	     {"putwc", by_putwc},
};

put_text_function *stdio_put_named(const char *name)
{
	for (size_t i = 0; i < sizeof(puts_by_name) / sizeof(puts_by_name[0]); i++)
		if (strcmp(puts_by_name[i].name, name) == 0)
			return puts_by_name[i].put;
	FAIL("stdio has no way of this name");
}
