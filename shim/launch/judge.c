#include "judge.h"

#include <string.h>
#include <unistd.h>

#include "preload.h"
#include "privilege.h"
#include "text.h"

static struct answer good(const char *text)
{
	return (struct answer){.text = text};
}

static struct answer bad(const char *text)
{
	return (struct answer){.bad = true, .text = text};
}

static struct answer breaks(const char *text)
{
	return (struct answer){.bad = true, .breaks = true, .text = text};
}

static struct answer ask_machine(const struct subject *subject)
{
	const struct elf *elf = &subject->target->elf;

	if (elf_is_same_machine(elf, subject->library))
		return good(elf_machine(elf));
	return bad(format("is for another machine (%s) than the library (%s)", elf_machine(elf),
			  elf_machine(subject->library)));
}

static bool is_loader(const struct elf *elf)
{
	const char *name = elf_string(elf, DT_SONAME, 0);

	return name && (strncmp(name, "ld-", 3) == 0 || strncmp(name, "ld64.", 5) == 0);
}

static const char *libc_of_loader(const char *path)
{
	const char *slash = strrchr(path, '/');
	const char *name = slash ? slash + 1 : path;

	if (strncmp(name, "ld-musl-", 8) == 0)
		return "musl";
	return strncmp(name, "ld-linux", 8) == 0 || strncmp(name, "ld64.so", 7) == 0 ||
		       strncmp(name, "ld.so", 5) == 0
		   ? "glibc"
		   : "another libc";
}

static const char *libc_of_library(const struct elf *library)
{
	return elf_needs(library, "libc.so.") ? "glibc" : "musl";
}

static struct answer ask_without_loader(const struct elf *elf)
{
	const char *what = elf_is_go(elf) ? "Go program, and statically linked" : "statically linked program";

	if (elf->header.e_type != ET_EXEC && elf->header.e_type != ET_DYN)
		return bad("is an ELF file, but no program");
	if (is_loader(elf))
		return good("it is one; look at the program that it is given");
	if (elf_string(elf, DT_SONAME, 0))
		return bad("is a shared library, and no program");
	return bad(format("is a %s%s: no loader, so no preloaded library, gets into it", what,
			  elf_is_dynamic(elf) ? " (static-pie)" : ""));
}

static struct answer ask_loader(const struct subject *subject)
{
	const struct elf *elf = &subject->target->elf;
	const char *path = elf_interpreter(elf);
	const char *ours = libc_of_library(subject->library);

	if (!path)
		return ask_without_loader(elf);
	if (strcmp(libc_of_loader(path), ours) != 0)
		return breaks(format("runs on %s (%s), but the library on %s", libc_of_loader(path),
				     printable(path), ours));
	if (access(path, X_OK) != 0)
		return bad(format("wants the loader %s, which is not there", printable(path)));
	return good(format("%s, %s", printable(path), ours));
}

static struct answer ask_privileges(const struct subject *subject)
{
	const char *gained = privilege_gained(subject->target->program);

	if (!gained)
		return good("none are gained");
	return bad(format("%s: the loader ignores LD_PRELOAD where privileges are gained", gained));
}

/* Runtimes in libraries of their own. */
static struct answer ask_address_sanitizer(const struct subject *subject)
{
	static const char *const prefixes[] = {"libasan.so", "libclang_rt.asan", "libhwasan.so",
					       "libclang_rt.hwasan"};

	for (size_t i = 0; i < sizeof(prefixes) / sizeof(prefixes[0]); i++) {
		const char *runtime = elf_needs(&subject->target->elf, prefixes[i]);

		if (runtime && preload_begins_with(subject->preload, prefixes[i]))
			return good("address, whose runtime is preloaded first");
		if (runtime)
			return breaks(format("is built with AddressSanitizer, whose runtime must come first: "
					     "set LD_PRELOAD=%s, poisonrun leaves it there",
					     printable(runtime)));
	}
	return good(elf_defines(&subject->target->elf, "__asan_init") ? "address, linked into the program"
								      : "none that matters");
}

static struct answer ask_sanitizers(const struct subject *subject)
{
	const struct elf *elf = &subject->target->elf;

	if (elf_needs(elf, "libtsan.so") || elf_needs(elf, "libclang_rt.tsan") ||
	    elf_defines(elf, "__tsan_init"))
		return breaks("is built with ThreadSanitizer, which dies of calls before its own start");
	if (elf_needs(elf, "libclang_rt.msan") || elf_defines(elf, "__msan_init"))
		return breaks(
		    "is built with MemorySanitizer, which takes what the library writes for uninitialised");
	return ask_address_sanitizer(subject);
}

static struct answer ask_go(const struct subject *subject)
{
	if (!elf_is_go(&subject->target->elf))
		return good("no");
	return bad("is a Go program: only what its C parts write goes through libc");
}

const struct check checks[] = {
    {"machine", ask_machine},	    {"loader", ask_loader}, {"privileges", ask_privileges},
    {"sanitizers", ask_sanitizers}, {"Go", ask_go},
};
const unsigned checks_count = sizeof(checks) / sizeof(checks[0]);
