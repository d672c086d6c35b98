#include "path.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

bool path_absolute(char *buffer, size_t size, const char *path)
{
	size_t length = 0, n = strlen(path) + 1;

	if (path[0] != '/') {
		if (!getcwd(buffer, size))
			return false;
		length = strlen(buffer);
		n++;
	}
	if (n > size - length) {
		errno = ENAMETOOLONG;
		return false;
	}
	if (length)
		buffer[length++] = '/';
	memcpy(buffer + length, path, strlen(path) + 1);
	return true;
}

const char *path_last(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}
