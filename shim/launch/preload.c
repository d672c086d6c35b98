#include "preload.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "text.h"

static const char separators[] = " :";

static const char *base_name(const char *word, size_t n)
{
	const char *slash = memrchr(word, '/', n);

	return slash ? slash + 1 : word;
}

static bool begins(const char *name, const char *prefix)
{
	return strncmp(name, prefix, strlen(prefix)) == 0;
}

static bool is_runtime(const char *name)
{
	static const char *const prefixes[] = {"libasan.so", "libclang_rt.", "liblsan.so",
					       "libtsan.so", "libubsan.so",  "libhwasan.so"};

	for (size_t i = 0; i < sizeof(prefixes) / sizeof(prefixes[0]); i++)
		if (begins(name, prefixes[i]))
			return true;
	return false;
}

enum group { RUNTIMES, OTHERS };

/* The words of one group, each with a colon behind it. */
static const char *words(const char *old, enum group group)
{
	const char *result = "";

	for (size_t n; *(old += strspn(old, separators)); old += n) {
		const char *name;

		n = strcspn(old, separators);
		name = base_name(old, n);
		if (!begins(name, PRELOAD_NAME) && is_runtime(name) == (group == RUNTIMES))
			result = format("%s%.*s:", result, (int)n, old);
	}
	return result;
}

const char *preload_value(const char *old, const char *library)
{
	const char *runtimes = words(old, RUNTIMES);
	const char *others = words(old, OTHERS);
	size_t n = strlen(others);

	return format("%s%s%s%.*s", runtimes, library, n ? ":" : "", n ? (int)n - 1 : 0, others);
}

bool preload_begins_with(const char *value, const char *prefix)
{
	for (size_t n; *(value += strspn(value, separators)); value += n) {
		const char *name;

		n = strcspn(value, separators);
		name = base_name(value, n);
		if (begins(name, prefix))
			return true;
		if (!is_runtime(name))
			return false;
	}
	return false;
}

const char *preload_open(struct elf *library, const char *path)
{
	const char *soname;

	if (strpbrk(path, " \t\n:$"))
		return "cannot be preloaded from there: blanks, colons and $ have a meaning in LD_PRELOAD";
	if (!elf_open(library, path))
		return errno == ENOEXEC ? "is no shared library"
					: format("cannot be preloaded: %s", strerror(errno));
	soname = elf_string(library, DT_SONAME, 0);
	if (library->native && !elf_is_whole(library))
		return "is cut short";
	if (library->native && (!soname || !begins(soname, PRELOAD_NAME)))
		return "is not poisonshim's library";
	return NULL;
}
