#include "closure.h"

#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

/* A program may name any file as its loader, and that would be executed: only the system's own. */
static bool is_trusted(const char *loader)
{
	static const char *const directories[] = {"/lib/", "/lib64/", "/libx32/", "/usr/lib/", "/usr/lib64/"};

	if (strstr(loader, "/../"))
		return false;
	for (size_t i = 0; i < sizeof(directories) / sizeof(directories[0]); i++)
		if (strncmp(loader, directories[i], strlen(directories[i])) == 0)
			return true;
	return false;
}

static void execute(const char *loader, const char *program, const char *preload, int out)
{
	char *arguments[] = {(char *)(uintptr_t)loader, (char *)(uintptr_t) "--list",
			     (char *)(uintptr_t)program, NULL};

	if (dup2(out, STDOUT_FILENO) < 0 || setenv("LD_PRELOAD", preload, 1) != 0)
		_exit(2);
	execve(loader, arguments, environ);
	_exit(2);
}

/* "name => path (0x...)" or "path (0x...)"; linux-vdso has no path. */
static void read_line(char *line, closure_library *library, void *context)
{
	char *arrow = strstr(line, " => ");
	char *path = arrow ? arrow + 4 : line + strspn(line, " \t");
	char *address = strstr(path, " (0x");

	if (address)
		*address = '\0';
	if (address && *path == '/')
		library(path, context);
}

static bool read_list(int fd, closure_library *library, void *context)
{
	FILE *list = fdopen(fd, "r");
	char *line = NULL;
	size_t size = 0;

	if (!list)
		return false;
	while (getline(&line, &size, list) > 0)
		read_line(line, library, context);
	free(line);
	return fclose(list) == 0;
}

static bool succeeded(pid_t child)
{
	int status;

	while (waitpid(child, &status, 0) < 0)
		if (errno != EINTR)
			return false;
	return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

enum closure closure_list(const char *loader, const char *program, const char *preload,
			  closure_library *library, void *context)
{
	int ends[2];
	pid_t child;
	bool read_all;

	if (!is_trusted(loader))
		return CLOSURE_UNTRUSTED;
	if (pipe(ends) != 0)
		return CLOSURE_FAILED;
	child = fork();
	if (child == 0)
		execute(loader, program, preload, ends[1]);
	close(ends[1]);
	read_all = read_list(ends[0], library, context);
	return child > 0 && succeeded(child) && read_all ? CLOSURE_LISTED : CLOSURE_FAILED;
}
