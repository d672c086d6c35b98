#include "target.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "script.h"
#include "text.h"

#define SHELL "/bin/sh"
#define INTERPRETERS_MAX 5 /* the kernel gives up behind that many */

static bool fail(struct target *target, const char *problem)
{
	target->problem = problem;
	return false;
}

static bool copy_path(char to[PATH_MAX], const char *directory, size_t n, const char *name)
{
	int length = snprintf(to, PATH_MAX, "%.*s%s%s", (int)n, directory, n ? "/" : "", name);

	return length > 0 && length < PATH_MAX;
}

/* False with errno. A directory is none. */
static bool is_executable(const char *path)
{
	struct stat status;

	if (stat(path, &status) != 0)
		return false;
	errno = EACCES;
	return S_ISREG(status.st_mode) && access(path, X_OK) == 0;
}

/* As execvp() does: the first that may be executed. */
static bool search_path(char found[PATH_MAX], const char *name)
{
	const char *at = getenv("PATH");
	int error = ENOENT;

	for (at = at ? at : "/bin:/usr/bin"; at; at = strchr(at, ':') ? strchr(at, ':') + 1 : NULL) {
		if (!copy_path(found, at, strcspn(at, ":"), name))
			continue;
		if (is_executable(found))
			return true;
		if (errno == EACCES)
			error = EACCES;
	}
	errno = error;
	return false;
}

static bool find_file(char found[PATH_MAX], const char *name)
{
	if (!strchr(name, '/'))
		return *name ? search_path(found, name) : (errno = ENOENT, false);
	if (copy_path(found, "", 0, name))
		return is_executable(found);
	errno = ENAMETOOLONG;
	return false;
}

static const char *why_not(const char *name)
{
	struct stat status;

	if (!strchr(name, '/'))
		return errno == EACCES ? "is in PATH, but is not executable" : "is not found in PATH";
	if (errno == EACCES && stat(name, &status) == 0)
		return S_ISDIR(status.st_mode) ? "is a directory" : "is not executable";
	return format("cannot be executed: %s", strerror(errno));
}

/* From the script in target->program to what interprets it. */
static bool follow(struct target *target, const struct script *script)
{
	bool found = find_file(target->program, script->interpreter);
	const char *name = printable(script->interpreter);
	size_t n = strlen(script->interpreter);

	target->chain = format("%s%s%s", target->chain, *target->chain ? ", " : "", script->line);
	if (found)
		return true;
	if (n && script->interpreter[n - 1] == '\r')
		return fail(target,
			    format("is for the interpreter \"%s\": its first line ends in CR LF", name));
	return fail(target,
		    format("is for the interpreter %s, which %s", name, why_not(script->interpreter)));
}

static bool follow_shell(struct target *target)
{
	static const struct script shell = {.interpreter = SHELL, .line = "a text for " SHELL};

	target->by_shell = !*target->chain;
	return follow(target, &shell);
}

/* One step. True: again. */
static bool step(struct target *target)
{
	struct script script;

	if (elf_open(&target->elf, target->program))
		return false;
	if (errno != ENOEXEC)
		return fail(target,
			    format("cannot be read, so that nobody knows what it is: %s", strerror(errno)));
	switch (script_read(&script, target->program)) {
	case SCRIPT_FOUND:
		return script.problem ? fail(target, script.problem) : follow(target, &script);
	case SCRIPT_TEXT:
		return *target->chain
			   ? fail(target, "is for an interpreter that is neither an ELF file nor a script")
			   : follow_shell(target);
	default:
		return fail(target, "is neither an ELF file nor a script");
	}
}

bool target_find(struct target *target, const char *name)
{
	*target = (struct target){.chain = ""};
	if (!find_file(target->path, name)) {
		target->path[0] = '\0';
		return fail(target, why_not(name));
	}
	memcpy(target->program, target->path, sizeof(target->program));
	for (int steps = 0; step(target); steps++)
		if (steps == INTERPRETERS_MAX)
			return fail(target, "has more interpreters of interpreters than the kernel follows");
	return !target->problem;
}
