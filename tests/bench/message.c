/* What is written. */

#include <err.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "bench.h"

static char *filled(char *message, size_t size)
{
	size_t payload = size - 4;

	if (size < 5 || !message)
		errx(2, "cannot make a message of %zu bytes", size);
	memset(message, 'x', size);
	for (size_t i = 0; i < 4; i++)
		message[i] = (char)(uint8_t)(payload >> (24 - 8 * i));
	message[size - 1] = '\n';
	return message;
}

char *message_new(size_t size)
{
	return filled(malloc(size), size);
}

char *message_in(const char *memory, size_t size)
{
	void *bytes = MAP_FAILED;

	if (strcmp(memory, "mapped") == 0)
		bytes = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	else if (strcmp(memory, "heap") == 0)
		bytes = sbrk((intptr_t)size); /* (void *)-1 if there is none: MAP_FAILED */
	else
		errx(2, "no memory '%s': expected heap or mapped", memory);
	if (bytes == MAP_FAILED)
		err(1, "%s", memory);
	return filled(bytes, size);
}

static char *read_file(const char *path, size_t *size)
{
	FILE *file = fopen(path, "rbe");
	size_t room = 1 << 22;
	char *bytes = malloc(room);

	if (!file || !bytes)
		err(1, "%s", path);
	*size = fread(bytes, 1, room, file);
	if (ferror(file) || *size == room)
		errx(1, "%s: expected less than %zu bytes", path, room);
	fclose(file);
	return bytes;
}

static void take_option(struct options *options, const char *word, size_t size)
{
	size_t found;

	if (strcmp(word, "threaded") == 0) {
		options->threaded = true;
	} else if (strncmp(word, "prologue=", 9) == 0) {
		options->prologue = read_file(word + 9, &options->prologue_size);
	} else if (strncmp(word, "message=", 8) == 0) {
		options->message = read_file(word + 8, &found);
		if (found != size)
			errx(2, "%s: expected %zu bytes, found %zu", word, size, found);
	} else {
		errx(2, "no option '%s'", word);
	}
}

struct options options_parse(char **words, size_t size)
{
	struct options options = {0};

	for (; *words; words++)
		take_option(&options, *words, size);
	if (!options.message)
		options.message = message_new(size);
	return options;
}

void put_whole(const struct target *target, const char *bytes, size_t size)
{
	ssize_t written = write(target->fd, bytes, size);

	if (written != (ssize_t)size)
		err(1, "a write of %zu bytes was not whole: %zd", size, written);
	target_drain(target, size);
}
