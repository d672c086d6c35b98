#include "script.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "text.h"

#define HEAD_MAX 256 /* bytes that the kernel looks at */

static const char blanks[] = " \t";

/* The bytes in front, with a NUL behind them; how many, or -1. */
static ssize_t read_head(const char *path, char head[HEAD_MAX + 1])
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	ssize_t n = fd < 0 ? -1 : read(fd, head, HEAD_MAX);

	if (fd >= 0)
		close(fd);
	head[n < 0 ? 0 : n] = '\0';
	return n;
}

static void trim_end(char *text)
{
	size_t n = strlen(text);

	while (n && strchr(blanks, text[n - 1]))
		text[--n] = '\0';
}

/* Cuts the next word off; NULL: there is none. */
static char *next_word(char **rest)
{
	char *word = *rest + strspn(*rest, blanks);

	*rest = word + strcspn(word, blanks);
	if (**rest)
		*(*rest)++ = '\0';
	return *word ? word : NULL;
}

static bool is_env(const char *interpreter)
{
	const char *slash = strrchr(interpreter, '/');

	return strcmp(slash ? slash + 1 : interpreter, "env") == 0 && access(interpreter, X_OK) == 0;
}

static bool begins(const char *word, const char *prefix)
{
	return strncmp(word, prefix, strlen(prefix)) == 0;
}

static bool takes_preload_away(const char *word, const char *next)
{
	static const char *const clears[] = {"-", "-i", "--ignore-environment", "-uLD_PRELOAD",
					     "--unset=LD_PRELOAD"};

	for (size_t i = 0; i < sizeof(clears) / sizeof(clears[0]); i++)
		if (strcmp(word, clears[i]) == 0)
			return true;
	return begins(word, "LD_PRELOAD=") || (strcmp(word, "-u") == 0 && next && begins(next, "LD_PRELOAD"));
}

/* Behind -S env splits the one argument that the kernel gives it; without, that is the program's name. */
static char *skip_split(char *argument)
{
	static const char *const splits[] = {"-S", "-vS", "--split-string="};

	for (size_t i = 0; i < sizeof(splits) / sizeof(splits[0]); i++)
		if (begins(argument, splits[i]))
			return argument + strlen(splits[i]);
	return NULL;
}

/* What env executes in the end. */
static const char *program_of_env(struct script *script, char *argument)
{
	char *rest = skip_split(argument);
	char *word = rest ? next_word(&rest) : argument;

	for (; rest && word && (*word == '-' || strchr(word, '=')); word = next_word(&rest)) {
		bool value = strcmp(word, "-u") == 0 || strcmp(word, "-C") == 0;
		const char *next = value ? next_word(&rest) : NULL;

		if (takes_preload_away(word, next))
			script->problem = "is run by an env that takes LD_PRELOAD away from its interpreter";
	}
	if (!word || *word == '-' || strpbrk(word, "\"'\\$="))
		return NULL;
	return word;
}

static bool set(struct script *script, const char *interpreter)
{
	size_t n = strlen(interpreter);

	if (n >= sizeof(script->interpreter))
		return false;
	memcpy(script->interpreter, interpreter, n + 1);
	return true;
}

/* `line`: behind #!, without its newline. */
static enum script_kind read_line(struct script *script, char *line)
{
	char *interpreter;
	char *argument;

	trim_end(line);
	script->line = format("#!%s", printable(line));
	interpreter = next_word(&line);
	if (!interpreter)
		return SCRIPT_TEXT;
	argument = line + strspn(line, blanks);
	/* Not by PATH. */
	set(script, strchr(interpreter, '/') ? interpreter : format("./%s", interpreter));
	if (is_env(interpreter) && *argument) {
		const char *program = program_of_env(script, argument);

		if (program)
			set(script, program);
		else if (!script->problem)
			script->problem =
			    format("is run by \"%s\", of which poisonrun cannot tell what it executes",
				   script->line);
	}
	return SCRIPT_FOUND;
}

enum script_kind script_read(struct script *script, const char *path)
{
	char head[HEAD_MAX + 1];
	ssize_t n = read_head(path, head);
	char *newline = strchr(head, '\n');

	*script = (struct script){0};
	if (n < 0)
		return SCRIPT_NONE;
	if (!begins(head, "#!"))
		return memchr(head, '\0', (size_t)n) ? SCRIPT_NONE : SCRIPT_TEXT;
	/* Cut off inside the interpreter's name: the kernel takes none of it. */
	if (!newline && n == HEAD_MAX && !strpbrk(head + 2 + strspn(head + 2, blanks), blanks))
		return SCRIPT_TEXT;
	if (newline)
		*newline = '\0';
	return read_line(script, head + 2);
}
