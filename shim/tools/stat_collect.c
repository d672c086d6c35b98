#include "stat.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define LOCK_WAIT_MS 10000
#define ABANDONED_S 60 /* nobody takes that long to make a file */

struct collecting {
	struct stat_view *view;
	int directory;
	struct stat_ended ended;
	bool may_fold; /* the file of sums is whole */
};

static bool ends_with(const char *name, const char *suffix)
{
	size_t n = strlen(name), m = strlen(suffix);

	return n > m && strcmp(name + n - m, suffix) == 0;
}

/* Two poisonstats would count twice what has ended. */
static bool lock_directory(int directory)
{
	const struct timespec moment = {.tv_nsec = 10000000};

	for (int waited = 0; flock(directory, LOCK_EX | LOCK_NB) != 0; waited += 10) {
		if (errno != EWOULDBLOCK || waited >= LOCK_WAIT_MS)
			return false;
		nanosleep(&moment, NULL);
	}
	return true;
}

static void fold_into(struct stat_ended *ended, const struct stat_count *count)
{
	struct stat_count *sum =
	    stat_find(&ended->counts, &ended->counts_length, count->program, count->framing);

	stat_add(sum->count, count->count);
	sum->count[STATS_ENDED] = sum->count[STATS_STREAMS];
	sum->ended = true;
}

static void keep_events(struct stat_ended *ended, const struct stat_happened *events, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		ended->events = stat_append(ended->events, &ended->events_length, sizeof(*ended->events));
		ended->events[ended->events_length - 1] = events[i];
	}
	stat_sort_events(ended->events, ended->events_length);
	if (ended->events_length > STATS_EVENTS) {
		memmove(ended->events, ended->events + ended->events_length - STATS_EVENTS,
			STATS_EVENTS * sizeof(*ended->events));
		ended->events_length = STATS_EVENTS;
	}
}

/* What was read since `before` goes to the sums; the file is deleted when they are written. */
static void fold(struct collecting *collecting, const char *name, const struct stat_view *before)
{
	struct stat_ended *ended = &collecting->ended;
	struct stat_view *view = collecting->view;

	for (size_t i = before->counts_length; i < view->counts_length; i++)
		fold_into(ended, &view->counts[i]);
	keep_events(ended, view->events + before->events_length, view->events_length - before->events_length);
	view->counts_length = before->counts_length;
	view->events_length = before->events_length;
	ended->names = stat_append(ended->names, &ended->names_length, sizeof(*ended->names));
	memcpy(ended->names[ended->names_length - 1], name, strlen(name) + 1); /* at most NAME_MAX */
}

static void take_file(struct collecting *collecting, const char *name)
{
	struct stat_view *view = collecting->view;
	int fd =
	    openat(collecting->directory, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);
	const struct stat_view before = *view;
	bool ended;

	if (fd < 0) {
		stat_say(view, name, "", strerror(errno));
		view->skipped++;
		return;
	}
	ended = flock(fd, LOCK_EX | LOCK_NB) == 0;
	if (!stat_read_file(view, fd, name, ended))
		view->skipped++;
	else if (ended && collecting->may_fold)
		fold(collecting, name, &before);
	close(fd);
}

/* Its process died as it made it. */
static void remove_abandoned(int directory, const char *name)
{
	int fd = openat(directory, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);
	struct stat status;

	if (fd < 0)
		return;
	if (fstat(fd, &status) == 0 && status.st_mtime + ABANDONED_S < time(NULL) &&
	    flock(fd, LOCK_EX | LOCK_NB) == 0)
		unlinkat(directory, name, 0);
	close(fd);
}

static bool scan(struct collecting *collecting)
{
	int fd = openat(collecting->directory, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *directory = fd < 0 ? NULL : fdopendir(fd);

	if (!directory)
		return false;
	for (struct dirent *entry; (entry = readdir(directory));) {
		if (entry->d_name[0] != '.' && ends_with(entry->d_name, STATS_SUFFIX))
			take_file(collecting, entry->d_name);
		else if (entry->d_name[0] == '.' && ends_with(entry->d_name, STATS_NEW_SUFFIX))
			remove_abandoned(collecting->directory, entry->d_name);
	}
	closedir(directory);
	return true;
}

/* They are in the sums: should we be killed before all are deleted, the next one finds their names there. */
static void delete_counted(struct collecting *collecting)
{
	for (size_t i = 0; i < collecting->ended.names_length; i++)
		unlinkat(collecting->directory, collecting->ended.names[i], 0);
	collecting->ended.names_length = 0;
}

static void show_ended(struct collecting *collecting)
{
	struct stat_view *view = collecting->view;

	for (size_t i = 0; i < collecting->ended.counts_length; i++) {
		view->counts = stat_append(view->counts, &view->counts_length, sizeof(*view->counts));
		view->counts[view->counts_length - 1] = collecting->ended.counts[i];
	}
	for (size_t i = 0; i < collecting->ended.events_length; i++) {
		view->events = stat_append(view->events, &view->events_length, sizeof(*view->events));
		view->events[view->events_length - 1] = collecting->ended.events[i];
	}
}

static int by_process(const void *a, const void *b)
{
	const struct stat_count *x = a, *y = b;
	int order = (x->pid == 0) - (y->pid == 0);

	if (!order)
		order = strcmp(x->program, y->program);
	if (!order)
		order = (x->pid > y->pid) - (x->pid < y->pid);
	if (!order)
		order = (x->since > y->since) - (x->since < y->since);
	return order ? order : strcmp(x->framing, y->framing);
}

static bool collect_locked(struct collecting *collecting)
{
	struct stat_view *view = collecting->view;
	struct stat_ended *ended = &collecting->ended;

	collecting->may_fold = stat_ended_read(view, collecting->directory, ended);
	view->skipped += !collecting->may_fold;
	delete_counted(collecting);
	if (!scan(collecting))
		return false;
	if (ended->names_length && stat_ended_write(view, collecting->directory, ended))
		delete_counted(collecting);
	show_ended(collecting);
	if (view->counts_length)
		qsort(view->counts, view->counts_length, sizeof(*view->counts), by_process);
	stat_sort_events(view->events, view->events_length);
	return true;
}

static bool lock_and_collect(struct collecting *collecting)
{
	const char *what = "cannot be locked: ";

	if (lock_directory(collecting->directory)) {
		if (collect_locked(collecting))
			return true;
		what = "";
	}
	stat_say(collecting->view, NULL, what, strerror(errno));
	return false;
}

bool stat_collect(struct stat_view *view)
{
	struct collecting collecting = {.view = view};
	bool collected = false;

	collecting.directory = open(view->directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (collecting.directory < 0)
		stat_say(view, NULL, "", strerror(errno));
	else
		collected = lock_and_collect(&collecting);
	if (collecting.directory >= 0)
		close(collecting.directory);
	free(collecting.ended.counts);
	free(collecting.ended.events);
	free(collecting.ended.names);
	return collected;
}
