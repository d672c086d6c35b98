#include "elf_parts.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "text.h"

#define NATIVE_ORDER (__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ ? ELFDATA2LSB : ELFDATA2MSB)

const uint8_t *elf_bytes(const struct elf *elf, uint64_t offset, uint64_t n)
{
	return offset <= elf->size && n <= elf->size - offset ? elf->bytes + offset : NULL;
}

const char *elf_text(const struct elf *elf, uint64_t offset)
{
	const uint8_t *text = elf_bytes(elf, offset, 1);

	return text && memchr(text, '\0', (size_t)(elf->size - offset)) ? (const char *)text : NULL;
}

/* Defines read_NAME(): a structure of either class, as one of 64 bits, with the fields that are used. */
#define READER(NAME, FIELDS)                                                                      \
	bool elf_read_##NAME(const struct elf *elf, uint64_t at, Elf64_##NAME *out)               \
	{                                                                                         \
		Elf32_##NAME in;                                                                  \
		const uint8_t *bytes = elf_bytes(elf, at, elf->wide ? sizeof(*out) : sizeof(in)); \
                                                                                                  \
		if (!bytes)                                                                       \
			return false;                                                             \
		if (elf->wide) {                                                                  \
			memcpy(out, bytes, sizeof(*out));                                         \
			return true;                                                              \
		}                                                                                 \
		memcpy(&in, bytes, sizeof(in));                                                   \
		*out = (Elf64_##NAME){0};                                                         \
		FIELDS                                                                            \
		return true;                                                                      \
	}

#define COPY(field) out->field = in.field;
READER(Ehdr, COPY(e_type) COPY(e_machine) COPY(e_phoff) COPY(e_shoff) COPY(e_flags) COPY(e_phentsize)
		 COPY(e_phnum) COPY(e_shentsize) COPY(e_shnum) COPY(e_shstrndx))
READER(Phdr, COPY(p_type) COPY(p_offset) COPY(p_vaddr) COPY(p_filesz))
READER(Shdr, COPY(sh_name) COPY(sh_type) COPY(sh_offset) COPY(sh_size) COPY(sh_link))
READER(Sym, COPY(st_name) COPY(st_shndx))
READER(Dyn, COPY(d_tag) COPY(d_un.d_val))

static bool map(struct elf *elf, int fd)
{
	struct stat status;
	void *memory;

	if (fstat(fd, &status) != 0)
		return false;
	if (status.st_size < EI_NIDENT) {
		errno = ENOEXEC;
		return false;
	}
	memory = mmap(NULL, (size_t)status.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (memory == MAP_FAILED)
		return false;
	elf->bytes = memory;
	elf->size = (size_t)status.st_size;
	return true;
}

static bool read_header(struct elf *elf)
{
	if (memcmp(elf->bytes, ELFMAG, SELFMAG) != 0 || elf->bytes[EI_CLASS] < ELFCLASS32 ||
	    elf->bytes[EI_CLASS] > ELFCLASS64)
		return false;
	elf->wide = elf->bytes[EI_CLASS] == ELFCLASS64;
	elf->native = elf->bytes[EI_DATA] == NATIVE_ORDER;
	if (!elf_read_Ehdr(elf, 0, &elf->header))
		return false;
	if (!elf->native)
		elf->header = (Elf64_Ehdr){
		    .e_machine = (uint16_t)(elf->header.e_machine >> 8 | elf->header.e_machine << 8)};
	return true;
}

bool elf_open(struct elf *elf, const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	bool mapped;
	int error;

	*elf = (struct elf){0};
	if (fd < 0)
		return false;
	mapped = map(elf, fd);
	error = errno;
	close(fd);
	if (mapped && read_header(elf))
		return true;
	errno = mapped ? ENOEXEC : error;
	return false;
}

bool elf_next_segment(const struct elf *elf, uint32_t type, unsigned *i, Elf64_Phdr *out)
{
	while (*i < elf->header.e_phnum &&
	       elf_read_Phdr(elf, elf->header.e_phoff + (uint64_t)*i * elf->header.e_phentsize, out)) {
		++*i;
		if (out->p_type == type)
			return true;
	}
	return false;
}

bool elf_find_segment(const struct elf *elf, uint32_t type, Elf64_Phdr *out)
{
	unsigned i = 0;

	return elf_next_segment(elf, type, &i, out);
}

bool elf_read_section(const struct elf *elf, unsigned i, Elf64_Shdr *out)
{
	return i < elf->header.e_shnum &&
	       elf_read_Shdr(elf, elf->header.e_shoff + (uint64_t)i * elf->header.e_shentsize, out);
}

bool elf_is_whole(const struct elf *elf)
{
	Elf64_Phdr load;
	unsigned i = 0;

	while (elf_next_segment(elf, PT_LOAD, &i, &load))
		if (!elf_bytes(elf, load.p_offset, load.p_filesz))
			return false;
	return i > 0;
}

static const char *machine_name(uint16_t machine)
{
	static const struct {
		uint16_t machine;
		const char *name;
	} names[] = {
	    {EM_X86_64, "x86-64"}, {EM_386, "i386"},	{EM_AARCH64, "aarch64"}, {EM_ARM, "arm"},
	    {EM_RISCV, "riscv"},   {EM_PPC64, "ppc64"}, {EM_S390, "s390"},	 {EM_MIPS, "mips"},
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (names[i].machine == machine)
			return names[i].name;
	return format("machine %u", machine);
}

/* Floating point arguments in registers. */
static bool is_hard_float(const struct elf *elf)
{
	return elf->header.e_machine == EM_ARM && elf->header.e_flags & EF_ARM_ABI_FLOAT_HARD;
}

const char *elf_machine(const struct elf *elf)
{
	return format("%s, %d bit%s%s", machine_name(elf->header.e_machine), elf->wide ? 64 : 32,
		      is_hard_float(elf) ? ", hard float" : "", elf->native ? "" : ", the other byte order");
}

bool elf_is_same_machine(const struct elf *a, const struct elf *b)
{
	return a->wide == b->wide && a->native == b->native && a->header.e_machine == b->header.e_machine &&
	       is_hard_float(a) == is_hard_float(b);
}
