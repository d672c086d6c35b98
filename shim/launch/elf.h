#ifndef POISONSHIM_LAUNCH_ELF_H
#define POISONSHIM_LAUNCH_ELF_H

#include <elf.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A file in memory. Nothing it says is believed: whatever lies outside of it reads as absent. */
struct elf {
	const uint8_t *bytes;
	size_t size;
	bool wide;	   /* 64 bit */
	bool native;	   /* in our byte order; else only class and machine are known */
	Elf64_Ehdr header; /* of either class */
};

/* False with errno; ENOEXEC: it is no ELF file. */
bool elf_open(struct elf *elf, const char *path);

/* All that its segments promise is there. */
bool elf_is_whole(const struct elf *elf);

/* "x86-64, 64 bit" */
const char *elf_machine(const struct elf *elf);
bool elf_is_same_machine(const struct elf *a, const struct elf *b);

/* The loader it asks for; NULL: none. */
const char *elf_interpreter(const struct elf *elf);

/* The nth string of that tag (DT_NEEDED, DT_SONAME) in the dynamic section; NULL: there are not so many. */
const char *elf_string(const struct elf *elf, int64_t tag, unsigned nth);
bool elf_is_dynamic(const struct elf *elf);

/* The first library that it needs by a name that begins so; NULL: none. */
const char *elf_needs(const struct elf *elf, const char *prefix);

bool elf_has_section(const struct elf *elf, const char *name);

/* A note of the Go linker's. */
bool elf_is_go(const struct elf *elf);

/* Calls back for each name in the table of dynamic symbols. */
typedef void elf_symbol(const char *name, bool defined, void *context);
void elf_symbols(const struct elf *elf, elf_symbol *symbol, void *context);
bool elf_defines(const struct elf *elf, const char *name);

#endif
