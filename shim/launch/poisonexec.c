/* poisonexec: what scripts/poisonrun does once the variables are set: judges a program, and executes it with
 * the library preloaded. Not for people: see scripts/poisonrun.1. */

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../config.h"
#include "../framing/presets.h"
#include "../version.h"
#include "judge.h"
#include "preload.h"
#include "table.h"
#include "text.h"

#define EX_CONFIG 78 /* as the library's own */

enum { GUARDED, USAGE = 2, NOT_EXECUTABLE = 126, NOT_FOUND = 127 };

extern char **environ;

static struct {
	bool check;
	bool force;
	const char *preload; /* LD_PRELOAD as it was; NULL: unset */
} options;

static void say(const char *who, const char *why, const char *hint)
{
	fprintf(stderr, "poisonrun: %s%s %s%s\n", options.force && *hint ? "warning: " : "", printable(who),
		why, options.force ? "" : hint);
}

/* One line; false: it stops here. */
static bool complain(const char *who, const char *why)
{
	say(who, why, "; --force runs it all the same");
	return options.force;
}

/* The first of the libraries that is for the program's machine and libc, else the first that is one at all.
 */
static const char *choose_library(char **paths, const struct target *target, struct elf *library)
{
	const char *first = NULL;

	for (; *paths; paths++) {
		struct subject subject = {.target = target, .library = library, .preload = ""};
		unsigned i = 0;

		if (preload_open(library, *paths))
			continue;
		first = first ? first : *paths;
		while (i < 2 && !target->problem && !checks[i].ask(&subject).bad)
			i++;
		if (i == 2)
			return *paths;
	}
	if (first)
		preload_open(library, first);
	return first;
}

static const char *absolute(const char *path)
{
	char *directory = *path == '/' ? NULL : getcwd(NULL, 0);

	return directory ? format("%s/%s", directory, path) : path;
}

static const char *who_runs(const char *name, const struct target *target)
{
	return *target->chain ? format("%s (run by %s)", name, target->program) : name;
}

/* False: one line has said why. `library` becomes NULL where the program would not start with it. */
static bool judge(const char *name, const struct subject *subject, const char **library)
{
	const char *who = who_runs(name, subject->target);

	for (unsigned i = 0; i < checks_count; i++) {
		struct answer answer = checks[i].ask(subject);

		if (answer.breaks)
			*library = NULL;
		if (answer.bad && !complain(who, answer.text))
			return false;
	}
	return true;
}

/* As execvp() does, with the name as it was given. */
static int execute(const struct target *target, char **arguments)
{
	size_t n = 0;

	if (!target->by_shell) {
		execve(target->path, arguments, environ);
	} else {
		while (arguments[n])
			n++;
		char *shell[n + 2];

		memcpy(shell + 1, arguments, (n + 1) * sizeof(*arguments));
		shell[0] = (char *)(uintptr_t)target->program;
		shell[1] = (char *)(uintptr_t)target->path;
		execve(target->program, shell, environ);
	}
	n = (size_t)errno;
	fprintf(stderr, "poisonrun: %s: %s\n", printable(arguments[0]), strerror((int)n));
	return n == ENOENT ? NOT_FOUND : NOT_EXECUTABLE;
}

static const char *preloaded(void)
{
	return options.preload ? options.preload : "";
}

static void set_environment(const struct target *target, const char *library)
{
	const char *preload = library ? preload_value(preloaded(), library) : options.preload;

	if (preload)
		setenv("LD_PRELOAD", preload, 1);
	setenv("_", target->path, 1); /* as shells do */
}

/* What cannot be executed at all is no matter of force. */
static bool complain_of(const struct target *target, const char *name)
{
	if (*target->path)
		return complain(name, target->problem);
	say(name, target->problem, "");
	return false;
}

static int run(char **libraries, char **arguments)
{
	static struct target target;
	struct elf library;
	struct subject subject = {.target = &target, .library = &library, .preload = preloaded()};
	struct config_error error;
	const char *path;

	if (!config_load(environ, &error)) {
		fprintf(stderr, "poisonshim: %s\n", error.text);
		return EX_CONFIG;
	}
	if (!target_find(&target, arguments[0]) && !complain_of(&target, arguments[0]))
		return USAGE;
	path = choose_library(libraries, &target, &library);
	if (!path && !complain(libraries[0], preload_open(&library, libraries[0])))
		return USAGE;
	if (path && !target.problem && !judge(arguments[0], &subject, &path))
		return USAGE;
	set_environment(&target, path);
	return execute(&target, arguments);
}

/* Rows of checks up to the first that is bad; true: none is. */
static bool print_checks(const struct subject *subject)
{
	for (unsigned i = 0; i < checks_count; i++) {
		struct answer answer = checks[i].ask(subject);

		table_row(checks[i].name, answer.bad, answer.text);
		if (answer.bad)
			return false;
	}
	return true;
}

static bool print_configuration(void)
{
	struct config_error error;
	bool parses = config_load(environ, &error);

	table_row("variables", !parses, parses ? "parse" : error.text);
	return parses;
}

static bool print_program(const char *name, const struct target *target)
{
	const char *chain =
	    *target->chain ? format(": %s: %s", target->chain, printable(target->program)) : "";

	if (target->problem)
		table_row("program", true, format("%s %s", printable(name), target->problem));
	else
		table_row("program", false, format("%s%s", printable(target->path), chain));
	return !target->problem;
}

static bool print_library(const char *path, const char *first)
{
	struct elf library;

	table_row("library", !path, path ? path : format("%s %s", first, preload_open(&library, first)));
	return path;
}

/* All that --check prints. */
static int check(char **libraries, char **arguments)
{
	static struct target target;
	struct elf library;
	struct subject subject = {.target = &target, .library = &library, .preload = preloaded()};
	bool found = target_find(&target, arguments[0]);
	const char *path = choose_library(libraries, &target, &library);
	bool guarded = print_configuration();

	guarded = print_program(arguments[0], &target) && guarded;
	guarded = print_library(path, libraries[0]) && guarded;
	if (found && path) {
		bool fits = print_checks(&subject);

		if (elf_is_same_machine(&target.elf, &library))
			guarded = table_writes(&subject, fits ? preload_value(subject.preload, path)
							      : subject.preload) &&
				  guarded;
		guarded = fits && guarded;
	}
	printf("\n%s %s be guarded\n", printable(arguments[0]), guarded ? "can" : "cannot");
	return fflush(stdout) == 0 && guarded ? GUARDED : USAGE;
}

static int print_framings(void)
{
	for (unsigned i = 0; i < PRESETS; i++)
		puts(framing_presets[i].name);
	return fflush(stdout) == 0 ? GUARDED : USAGE;
}

/* Up to the libraries; -1: go on. */
static int parse_options(int argc, char **argv)
{
	static const struct option known[] = {
	    {"check", no_argument, NULL, 'c'},	       {"force", no_argument, NULL, 'f'},
	    {"preload", required_argument, NULL, 'p'}, {"framings", no_argument, NULL, 'F'},
	    {"version", no_argument, NULL, 'V'},       {NULL, 0, NULL, 0},
	};

	for (int option; (option = getopt_long(argc, argv, "+", known, NULL)) != -1;)
		switch (option) {
		case 'c':
			options.check = true;
			break;
		case 'f':
			options.force = true;
			break;
		case 'p':
			options.preload = optarg;
			break;
		case 'F':
			return print_framings();
		case 'V':
			return puts("poisonrun " POISONSHIM_VERSION) < 0 ? USAGE : GUARDED;
		default:
			return USAGE;
		}
	return -1;
}

/* poisonexec [OPTION...] LIBRARY... -- PROGRAM [ARGUMENT...] */
int main(int argc, char **argv)
{
	int done = parse_options(argc, argv);
	char **libraries = argv + optind;
	char **program = libraries;

	if (done >= 0)
		return done;
	while (*program && strcmp(*program, "--") != 0) {
		*program = (char *)(uintptr_t)absolute(*program);
		program++;
	}
	if (program == libraries || !*program || !program[1]) {
		fputs("poisonexec: expected libraries, --, and a program\n", stderr);
		return USAGE;
	}
	*program++ = NULL;
	return options.check ? check(libraries, program) : run(libraries, program);
}
