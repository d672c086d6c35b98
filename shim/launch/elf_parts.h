#ifndef POISONSHIM_LAUNCH_ELF_PARTS_H
#define POISONSHIM_LAUNCH_ELF_PARTS_H

#include "elf.h"

/* n bytes at an offset; NULL: they are not all in the file. */
const uint8_t *elf_bytes(const struct elf *elf, uint64_t offset, uint64_t n);

/* A string that ends inside the file; NULL: there is none. */
const char *elf_text(const struct elf *elf, uint64_t offset);

/* A structure of either class at an offset, as one of 64 bits, with the fields that are used. */
bool elf_read_Ehdr(const struct elf *elf, uint64_t at, Elf64_Ehdr *out);
bool elf_read_Phdr(const struct elf *elf, uint64_t at, Elf64_Phdr *out);
bool elf_read_Shdr(const struct elf *elf, uint64_t at, Elf64_Shdr *out);
bool elf_read_Sym(const struct elf *elf, uint64_t at, Elf64_Sym *out);
bool elf_read_Dyn(const struct elf *elf, uint64_t at, Elf64_Dyn *out);

/* The next segment of a type, from *i on; the first one. */
bool elf_next_segment(const struct elf *elf, uint32_t type, unsigned *i, Elf64_Phdr *out);
bool elf_find_segment(const struct elf *elf, uint32_t type, Elf64_Phdr *out);

bool elf_read_section(const struct elf *elf, unsigned i, Elf64_Shdr *out);

#endif
