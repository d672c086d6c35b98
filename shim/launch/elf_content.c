#include "elf_parts.h"

#include <string.h>

const char *elf_interpreter(const struct elf *elf)
{
	Elf64_Phdr segment;

	return elf_find_segment(elf, PT_INTERP, &segment) ? elf_text(elf, segment.p_offset) : NULL;
}

/* The nth value of that tag. */
static bool find_dynamic(const struct elf *elf, int64_t tag, unsigned nth, uint64_t *value)
{
	uint64_t size = elf->wide ? sizeof(Elf64_Dyn) : sizeof(Elf32_Dyn);
	Elf64_Phdr segment;
	Elf64_Dyn entry;

	if (!elf_find_segment(elf, PT_DYNAMIC, &segment))
		return false;
	for (uint64_t i = 0; i < segment.p_filesz / size; i++) {
		if (!elf_read_Dyn(elf, segment.p_offset + i * size, &entry) || entry.d_tag == DT_NULL)
			return false;
		if (entry.d_tag == tag && nth-- == 0) {
			*value = entry.d_un.d_val;
			return true;
		}
	}
	return false;
}

/* Where in the file that address is. */
static uint64_t offset_of(const struct elf *elf, uint64_t address)
{
	Elf64_Phdr load;

	for (unsigned i = 0; elf_next_segment(elf, PT_LOAD, &i, &load);)
		if (address >= load.p_vaddr && address - load.p_vaddr < load.p_filesz)
			return address - load.p_vaddr + load.p_offset;
	return UINT64_MAX;
}

const char *elf_string(const struct elf *elf, int64_t tag, unsigned nth)
{
	uint64_t strings, at, offset;

	if (!find_dynamic(elf, DT_STRTAB, 0, &strings) || !find_dynamic(elf, tag, nth, &at) ||
	    __builtin_add_overflow(offset_of(elf, strings), at, &offset))
		return NULL;
	return elf_text(elf, offset);
}

bool elf_is_dynamic(const struct elf *elf)
{
	Elf64_Phdr segment;

	return elf_find_segment(elf, PT_DYNAMIC, &segment);
}

const char *elf_needs(const struct elf *elf, const char *prefix)
{
	const char *name;

	for (unsigned n = 0; (name = elf_string(elf, DT_NEEDED, n)); n++)
		if (strncmp(name, prefix, strlen(prefix)) == 0)
			return name;
	return NULL;
}

bool elf_has_section(const struct elf *elf, const char *name)
{
	Elf64_Shdr names, section;

	if (!elf_read_section(elf, elf->header.e_shstrndx, &names))
		return false;
	for (unsigned i = 0; elf_read_section(elf, i, &section); i++) {
		const char *text = elf_text(elf, names.sh_offset + section.sh_name);

		if (text && strcmp(text, name) == 0)
			return true;
	}
	return false;
}

/* One of the notes of a segment is the Go linker's build id. */
static bool has_go_note(const struct elf *elf, const Elf64_Phdr *segment)
{
	const uint64_t align = 4;
	Elf64_Nhdr note;

	for (uint64_t at = 0; at < segment->p_filesz;) {
		const uint8_t *bytes = elf_bytes(elf, segment->p_offset + at, sizeof(note) + 4);

		if (!bytes)
			return false;
		memcpy(&note, bytes, sizeof(note));
		if (note.n_namesz == 4 && memcmp(bytes + sizeof(note), "Go\0", 4) == 0)
			return true;
		at += sizeof(note) + ((uint64_t)note.n_namesz + align - 1) / align * align +
		      ((uint64_t)note.n_descsz + align - 1) / align * align;
	}
	return false;
}

bool elf_is_go(const struct elf *elf)
{
	Elf64_Phdr segment;

	for (unsigned i = 0; elf_next_segment(elf, PT_NOTE, &i, &segment);)
		if (has_go_note(elf, &segment))
			return true;
	return elf_has_section(elf, ".note.go.buildid") || elf_has_section(elf, ".go.buildinfo");
}

void elf_symbols(const struct elf *elf, elf_symbol *symbol, void *context)
{
	uint64_t size = elf->wide ? sizeof(Elf64_Sym) : sizeof(Elf32_Sym);
	Elf64_Shdr table, strings;
	Elf64_Sym entry;
	unsigned i = 0;

	while (elf_read_section(elf, i, &table) && table.sh_type != SHT_DYNSYM)
		i++;
	if (!elf_read_section(elf, i, &table) || !elf_read_section(elf, table.sh_link, &strings))
		return;
	for (uint64_t n = 0; n < table.sh_size / size; n++) {
		const char *name;

		if (!elf_read_Sym(elf, table.sh_offset + n * size, &entry))
			return;
		name = elf_text(elf, strings.sh_offset + entry.st_name);
		if (name && *name)
			symbol(name, entry.st_shndx != SHN_UNDEF, context);
	}
}

struct wanted {
	const char *name;
	bool found;
};

static void compare(const char *name, bool defined, void *context)
{
	struct wanted *wanted = context;

	if (defined && strcmp(name, wanted->name) == 0)
		wanted->found = true;
}

bool elf_defines(const struct elf *elf, const char *name)
{
	struct wanted wanted = {name, false};

	elf_symbols(elf, compare, &wanted);
	return wanted.found;
}
