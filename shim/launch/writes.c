#include "writes.h"

#include <string.h>

#include "text.h"

/* By which bytes leave, or a stream for them comes into being. Guarded are those that the library has. */
static const char *const doors[] = {
    "write",	  "__write",  "writev",	       "pwritev2",	 "pwritev64v2", "send",		"__send",
    "sendto",	  "sendmsg",  "__sendmsg64",   "sendmmsg",	 "__sendmmsg",	"__sendmmsg64", "sendfile",
    "sendfile64", "splice",   "tee",	       "vmsplice",	 "syscall",	"fdopen",	"_IO_fdopen",
    "dprintf",	  "vdprintf", "__dprintf_chk", "__vdprintf_chk",
};

/* What begins so leads past it, or makes it leave the connection alone. */
static const char *const past[] = {
    "io_uring_", "io_submit", "aio_write", "lio_listio", "backtrace_symbols_fd", "dlmopen",
};

static bool is_door(const char *name)
{
	for (size_t i = 0; i < sizeof(doors) / sizeof(doors[0]); i++)
		if (strcmp(name, doors[i]) == 0)
			return true;
	return false;
}

static bool leads_past(const char *name)
{
	for (size_t i = 0; i < sizeof(past) / sizeof(past[0]); i++)
		if (strncmp(name, past[i], strlen(past[i])) == 0)
			return true;
	return false;
}

struct collected {
	const struct elf *library;
	struct writes writes;
};

static void add(const char **list, const char *name)
{
	*list = format("%s%s%s", *list, **list ? " " : "", printable(name));
}

static void collect(const char *name, bool defined, void *context)
{
	struct collected *collected = context;
	struct writes *writes = &collected->writes;

	if (!is_door(name) && !leads_past(name))
		return;
	if (defined)
		add(&writes->own, name);
	else if (leads_past(name) || !elf_defines(collected->library, name))
		add(&writes->past, name);
	else
		add(&writes->guarded, name);
}

struct writes writes_of(const struct elf *elf, const struct elf *library)
{
	struct collected collected = {.library = library, .writes = {"", "", ""}};

	elf_symbols(elf, collect, &collected);
	return collected.writes;
}
