#include "config_parts.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "real.h"

/* One byte more than allowed, to see that a file is too long. Never touched, so never paid for, without a
 * file. */
static char file_text[CONFIG_FILE_MAX + 1];

struct file {
	const char *path;
	struct setting *settings;
	struct config_error *error;
};

/* Fills file_text; returns the number of bytes, or -1 with errno. */
static ssize_t fill_text(int fd)
{
	size_t length = 0;

	while (length < sizeof(file_text)) {
		ssize_t n = read(fd, file_text + length, sizeof(file_text) - length);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return n < 0 ? n : (ssize_t)length;
		length += (size_t)n;
	}
	return (ssize_t)length;
}

static bool slurp(const struct file *file, size_t *length)
{
	int fd = real.open(file->path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	ssize_t n;
	int number;

	if (fd < 0)
		return config_error_file(file->error, file->path, "a file that can be opened", errno);
	n = fill_text(fd);
	number = errno;
	real.close(fd);
	if (n < 0)
		return config_error_file(file->error, file->path, "a file that can be read", number);
	if (n > CONFIG_FILE_MAX)
		return config_error_file(file->error, file->path, "a file of at most 65536 bytes", 0);
	*length = (size_t)n;
	return true;
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

/* The line with the cursor behind its indentation, and without blanks at its end. */
static struct parse trimmed(const char *text, size_t length)
{
	struct parse line = parse_text(text, length);

	while (line.end > line.at && is_blank(line.end[-1]))
		line.end--;
	while (line.at < line.end && is_blank(*line.at))
		line.at++;
	return line;
}

/* Keeps the value behind the `n` bytes of name at the cursor. False and an error at the cursor if there is
 * one already. */
static bool keep_value(struct setting *setting, unsigned number, struct parse *line, size_t n)
{
	if (setting->line)
		return parse_fail(line, "each variable once");
	line->at += n + 1;
	if (!setting->text && !parse_at_end(line))
		*setting = (struct setting){line->at, (size_t)(line->end - line->at), number};
	return true;
}

static bool read_line(const struct file *file, unsigned number, struct parse line)
{
	struct place place = {file->path, number, NULL};
	const char *name = line.at;
	const char *equals = memchr(name, '=', (size_t)(line.end - name));
	size_t n = equals ? (size_t)(equals - name) : 0;
	unsigned row = config_find_variable(name, n);

	if (parse_at_end(&line) || *name == '#')
		return true;
	if (equals && (row == ROW_CONFIG || row == CONFIG_VARIABLES))
		return config_error_name(file->error, &place, name, n);
	if (!equals)
		parse_fail(&line, "NAME=VALUE, or a comment behind \"#\"");
	else if (keep_value(&file->settings[row], number, &line, n))
		return true;
	return config_error_parse(file->error, &place, &line);
}

bool config_read_file(const char *path, struct setting settings[CONFIG_VARIABLES], struct config_error *error)
{
	const struct file file = {path, settings, error};
	size_t length = 0;
	size_t at = 0;

	if (!slurp(&file, &length))
		return false;
	for (unsigned number = 1; at < length; number++) {
		const char *newline = memchr(file_text + at, '\n', length - at);
		size_t n = newline ? (size_t)(newline - file_text) - at : length - at;

		if (!read_line(&file, number, trimmed(file_text + at, n)))
			return false;
		at += n + 1;
	}
	return true;
}
