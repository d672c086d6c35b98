#include "table.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "closure.h"
#include "preload.h"
#include "text.h"
#include "writes.h"

void table_row(const char *name, bool bad, const char *text)
{
	printf("%-12s%-4s%s\n", name, bad ? "NO" : "ok", text);
}

static bool is_silent(const struct writes *writes)
{
	return !*writes->guarded && !*writes->past;
}

static void print_names(const char *what, const char *names)
{
	if (*names)
		printf("    %-16s%s\n", what, names);
}

static void print_writes(const char *path, const struct elf *elf, const struct elf *library)
{
	struct writes writes = writes_of(elf, library);

	if (is_silent(&writes))
		return;
	printf("%s\n", printable(path));
	print_names("guarded", writes.guarded);
	print_names("past the guard", writes.past);
	print_names("its own", writes.own);
}

/* `context`: ours, which is among them, and of which there is nothing to say. */
static void print_object(const char *path, void *context)
{
	const struct elf *library = context;
	const char *soname;
	struct elf elf;

	if (!elf_open(&elf, path))
		return;
	soname = elf_string(&elf, DT_SONAME, 0);
	if (!soname || strncmp(soname, PRELOAD_NAME, strlen(PRELOAD_NAME)) != 0)
		print_writes(path, &elf, library);
}

bool table_writes(const struct subject *subject, const char *preload)
{
	const struct target *target = subject->target;
	const char *loader = elf_interpreter(&target->elf);
	enum closure closure;

	puts("\nHow it writes, by the functions that it imports, and its libraries but those that it loads "
	     "later:");
	print_writes(target->program, &target->elf, subject->library);
	if (!loader)
		return true;
	closure =
	    closure_list(loader, target->program, preload, print_object, (void *)(uintptr_t)subject->library);
	if (closure == CLOSURE_UNTRUSTED)
		printf("its libraries are not known: %s is not a loader of this system, and was not run\n",
		       printable(loader));
	if (closure == CLOSURE_FAILED)
		table_row("libraries", true, format("%s --list fails", printable(loader)));
	return closure != CLOSURE_FAILED;
}
