#include "stat.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define ENDED "ended"
#define ENDED_NEW ".ended" STATS_NEW_SUFFIX
#define STAYING "the files of ended processes stay"
#define ENDED_MAGIC UINT64_C(0x706f69736f6e656e)
#define ENDED_VERSION 1
#define ENDED_MAX 1000000 /* records */

struct ended_head {
	uint64_t magic;
	uint32_t version;
	uint32_t record;
	uint32_t records;
	uint32_t events;
	uint32_t names;
	uint32_t event;
};

static bool is_whole(const struct ended_head *head)
{
	return head->magic == ENDED_MAGIC && head->version == ENDED_VERSION &&
	       head->record == sizeof(struct stat_count) && head->records <= ENDED_MAX &&
	       head->event == sizeof(struct stat_happened) && head->events <= STATS_EVENTS &&
	       head->names <= ENDED_MAX;
}

/* They will be deleted: nothing outside of the directory, and nothing but what a process has left. */
static bool is_name(const char *name, size_t size)
{
	size_t n = strnlen(name, size), suffix = strlen(STATS_SUFFIX);

	return n < size && n > suffix && !strchr(name, '/') && strcmp(name + n - suffix, STATS_SUFFIX) == 0;
}

static bool read_names(struct stat_ended *ended, uint32_t names, FILE *file)
{
	for (uint32_t i = 0; i < names; i++) {
		ended->names = stat_append(ended->names, &ended->names_length, sizeof(*ended->names));
		if (fread(ended->names[i], sizeof(*ended->names), 1, file) != 1)
			return false;
		if (!is_name(ended->names[i], sizeof(*ended->names)))
			return false;
	}
	return true;
}

static bool read_events(struct stat_ended *ended, uint32_t events, FILE *file)
{
	for (uint32_t i = 0; i < events; i++) {
		struct stat_happened *event;

		ended->events = stat_append(ended->events, &ended->events_length, sizeof(*ended->events));
		event = &ended->events[i];
		if (fread(event, sizeof(*event), 1, file) != 1 || event->event.counter >= STATS_COUNTERS)
			return false;
		event->program[STATS_PROGRAM_NAME] = '\0';
		event->framing[STATS_FRAMING_NAME] = '\0';
	}
	return true;
}

static bool read_all(struct stat_ended *ended, FILE *file)
{
	struct ended_head head;

	if (fread(&head, sizeof(head), 1, file) != 1 || !is_whole(&head))
		return false;
	for (uint32_t i = 0; i < head.records; i++) {
		struct stat_count *count;

		ended->counts = stat_append(ended->counts, &ended->counts_length, sizeof(*ended->counts));
		count = &ended->counts[i];
		if (fread(count, sizeof(*count), 1, file) != 1)
			return false;
		count->program[STATS_PROGRAM_NAME] = '\0';
		count->framing[STATS_FRAMING_NAME] = '\0';
	}
	return read_events(ended, head.events, file) && read_names(ended, head.names, file) &&
	       fgetc(file) == EOF;
}

/* In a directory where everybody may write, anybody may have put it there. */
static bool is_trusted(int fd, int directory)
{
	struct stat status, above;

	return fstat(fd, &status) == 0 && fstat(directory, &above) == 0 && S_ISREG(status.st_mode) &&
	       (status.st_uid == 0 || status.st_uid == geteuid() || status.st_uid == above.st_uid);
}

bool stat_ended_read(struct stat_view *view, int directory, struct stat_ended *ended)
{
	int fd = openat(directory, ENDED, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	FILE *file = fd < 0 ? NULL : fdopen(fd, "r");
	bool whole;

	if (fd < 0 && errno == ENOENT)
		return true;
	if (!file) {
		stat_say(view, ENDED, "", strerror(errno));
		if (fd >= 0)
			close(fd);
		return false;
	}
	whole = is_trusted(fd, directory) && read_all(ended, file);
	fclose(file);
	if (!whole) {
		stat_say(view, ENDED,
			 "damaged, somebody else's, or of another version of poisonshim: skipped; ", STAYING);
		ended->counts_length = ended->events_length = ended->names_length = 0;
	}
	return whole;
}

static bool write_all(const struct stat_ended *ended, FILE *file)
{
	const struct ended_head head = {
	    .magic = ENDED_MAGIC,
	    .version = ENDED_VERSION,
	    .record = sizeof(struct stat_count),
	    .records = (uint32_t)ended->counts_length,
	    .events = (uint32_t)ended->events_length,
	    .names = (uint32_t)ended->names_length,
	    .event = sizeof(struct stat_happened),
	};

	fwrite(&head, sizeof(head), 1, file);
	fwrite(ended->counts, sizeof(*ended->counts), ended->counts_length, file);
	fwrite(ended->events, sizeof(*ended->events), ended->events_length, file);
	fwrite(ended->names, sizeof(*ended->names), ended->names_length, file);
	return fflush(file) == 0 && !ferror(file) && fsync(fileno(file)) == 0;
}

static bool replace(int directory, const struct stat_ended *ended)
{
	int fd = openat(directory, ENDED_NEW, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0644);
	FILE *file = fd < 0 ? NULL : fdopen(fd, "w");
	bool written;

	if (!file) {
		if (fd >= 0)
			close(fd);
		return false;
	}
	written = write_all(ended, file);
	written = fclose(file) == 0 && written;
	return written && renameat(directory, ENDED_NEW, directory, ENDED) == 0;
}

/* What a poisonstat that was killed has left. */
bool stat_ended_write(struct stat_view *view, int directory, const struct stat_ended *ended)
{
	unlinkat(directory, ENDED_NEW, 0);
	if (replace(directory, ended))
		return true;
	stat_say(view, ENDED, strerror(errno), ": " STAYING);
	unlinkat(directory, ENDED_NEW, 0);
	return false;
}
