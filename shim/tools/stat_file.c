#include "stat.h"

#include <byteswap.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define FILE_MAX (UINT64_C(1) << 30)
#define TRIES 1000

struct image {
	union {
		struct stats_head *head;
		char *bytes;
	};
	size_t length;
};

static ssize_t read_at(int fd, void *to, size_t n, size_t from)
{
	size_t have = 0;

	while (have < n) {
		ssize_t got = pread(fd, (char *)to + have, n - have, (off_t)(from + have));

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return -1;
		if (got == 0)
			break;
		have += (size_t)got;
	}
	return (ssize_t)have;
}

/* True if no stream's row was being added up while the file was read. A process that was killed just then
 * leaves it so for ever. */
static bool is_consistent(int fd, const struct image *image)
{
	uint64_t begun = 0;

	return image->head->folds_begun == image->head->folds_done &&
	       read_at(fd, &begun, sizeof(begun), offsetof(struct stats_head, folds_begun)) ==
		   sizeof(begun) &&
	       begun == image->head->folds_begun;
}

/* The first and the last thing that is read, and those in between, belong together. */
static bool read_image(int fd, struct image *image, bool ended)
{
	for (int i = 0; i < TRIES; i++) {
		ssize_t n = read_at(fd, image->bytes, image->length, 0);

		if (n < 0)
			return false;
		image->length = (size_t)n;
		if (ended || image->length < sizeof(struct stats_head) || is_consistent(fd, image))
			break;
		usleep(100);
	}
	return true;
}

static bool has_row_room(const struct stats_head *head)
{
	return head->row >= sizeof(struct stats_row_head) && head->row_messages <= head->row - 4 &&
	       head->row_bytes <= head->row - 8 && head->chunk &&
	       (uint64_t)head->rows * head->row <= head->chunk;
}

/* NULL, or what is wrong with it. */
static const char *judge(const struct image *image)
{
	const struct stats_head *head = image->head;
	uint64_t needed;

	if (image->length < sizeof(*head))
		return image->length ? "truncated" : "empty";
	if (head->magic == 0)
		return "is only being made";
	if (head->magic == bswap_64(STATS_MAGIC))
		return "written by a machine of another byte order";
	if (head->magic != STATS_MAGIC)
		return "no statistics of poisonshim";
	if (head->version != STATS_VERSION)
		return "of another version of poisonshim";
	needed = sizeof(*head) + (uint64_t)head->framings * sizeof(struct stats_framing);
	if (head->size < needed || !has_row_room(head))
		return "damaged: its head contradicts itself";
	if (image->length < head->size)
		return "truncated";
	return NULL;
}

static void add_row(struct stat_count *counts, const struct stats_head *head, const char *row)
{
	struct stats_row_head row_head;
	uint32_t messages;
	uint64_t bytes;

	memcpy(&row_head, row, sizeof(row_head));
	memcpy(&messages, row + head->row_messages, sizeof(messages));
	memcpy(&bytes, row + head->row_bytes, sizeof(bytes));
	if (row_head.framing == 0 || row_head.framing > head->framings)
		return;
	counts[row_head.framing - 1].count[STATS_MESSAGES] += (uint32_t)(messages - row_head.messages);
	counts[row_head.framing - 1].count[STATS_BYTES] += bytes;
}

static void add_rows(struct stat_count *counts, const struct image *image)
{
	const struct stats_head *head = image->head;

	for (size_t at = head->size; at + head->chunk <= image->length; at += head->chunk)
		for (uint32_t i = 0; i < head->rows; i++)
			add_row(counts, head, image->bytes + at + (size_t)i * head->row);
}

/* One for each framing, though several rules may name it. */
static void merge(struct stat_view *view, size_t first)
{
	size_t length = view->counts_length;

	view->counts_length = first;
	for (size_t i = first; i < length; i++) {
		const struct stat_count count = view->counts[i];
		size_t same = first;

		while (same < view->counts_length && strcmp(view->counts[same].framing, count.framing) != 0)
			same++;
		if (!count.framing[0])
			continue;
		if (same < view->counts_length)
			stat_add(view->counts[same].count, count.count);
		else
			view->counts[view->counts_length++] = count;
	}
}

static void add_counts(struct stat_view *view, const struct image *image, bool ended)
{
	const struct stats_head *head = image->head;
	size_t first = view->counts_length;

	for (uint32_t i = 0; i < head->framings; i++) {
		struct stat_count *count;

		view->counts = stat_append(view->counts, &view->counts_length, sizeof(*view->counts));
		count = &view->counts[view->counts_length - 1];
		memcpy(count->program, head->program, STATS_PROGRAM_NAME);
		memcpy(count->framing, head->framing[i].name, STATS_FRAMING_NAME);
		memcpy(count->count, head->framing[i].count, sizeof(count->count));
		count->pid = head->pid;
		count->ended = ended;
		count->audit = head->audit != 0;
		count->since = head->since;
	}
	if (head->framings)
		add_rows(view->counts + first, image);
	merge(view, first);
}

/* One that is just being written, or that makes no sense, is left out. */
static void add_events(struct stat_view *view, const struct stats_head *head)
{
	for (int i = 0; i < STATS_EVENTS; i++) {
		const struct stats_event *event = &head->event[i];
		struct stat_happened *happened;

		if (!event->number || event->counter >= STATS_COUNTERS || event->framing >= head->framings)
			continue;
		view->events = stat_append(view->events, &view->events_length, sizeof(*view->events));
		happened = &view->events[view->events_length - 1];
		memcpy(happened->program, head->program, STATS_PROGRAM_NAME);
		memcpy(happened->framing, head->framing[event->framing].name, STATS_FRAMING_NAME);
		happened->pid = head->pid;
		happened->event = *event;
	}
}

static bool take(struct stat_view *view, int fd, const char *name, bool ended, struct image *image)
{
	const char *wrong;

	if (!read_image(fd, image, ended)) {
		stat_say(view, name, "", strerror(errno));
		return false;
	}
	wrong = judge(image);
	if (wrong) {
		stat_say(view, name, wrong, ended ? ": skipped; no process has it open" : ": skipped");
		return false;
	}
	add_counts(view, image, ended);
	add_events(view, image->head);
	return true;
}

bool stat_read_file(struct stat_view *view, int fd, const char *name, bool ended)
{
	struct stat status;
	struct image image;
	bool taken;

	if (fstat(fd, &status) != 0 || !S_ISREG(status.st_mode) || (uint64_t)status.st_size > FILE_MAX) {
		stat_say(view, name, "no regular file of a sensible size", ": skipped");
		return false;
	}
	image.length = (size_t)status.st_size;
	image.bytes = calloc(1, image.length + sizeof(struct stats_head));
	if (!image.bytes) {
		stat_say(view, name, "out of memory", ": skipped");
		return false;
	}
	taken = take(view, fd, name, ended, &image);
	free(image.bytes);
	return taken;
}
