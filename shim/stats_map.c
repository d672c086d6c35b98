#include "stats.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "config.h"
#include "line.h"
#include "path.h"
#include "quiet.h"
#include "real.h"
#include "sandbox.h"

#define CHUNK 16384 /* a multiple of most machines' pages */
#define ROWS (CHUNK / sizeof(struct stream))
#define HEAD_MAX \
	((sizeof(struct stats_head) + RULES_MAX * sizeof(struct stats_framing) + CHUNK - 1) / CHUNK * CHUNK)
#define NAME_MAX_LENGTH (STATS_PROGRAM_NAME + 48)
#define MODE 0644
#define PATIENCE 10000

/* Of the file. INHERITED: there is none, and the streams that the parent process had have no rows yet. */
enum state { IDLE, INHERITED, MAKING, MADE, FAILED };

static union {
	struct stats_head head;
	char bytes[HEAD_MAX];
} own;

static struct {
	_Atomic int state;
	_Atomic(struct stats_head *) head;
	size_t size; /* of the head and what belongs to it */
	size_t directory;
	char path[sizeof(config.stats) * 2 + NAME_MAX_LENGTH];
	char new_path[sizeof(config.stats) * 2 + NAME_MAX_LENGTH];
} file = {.head = &own.head};

struct stats_head *stats_head(void)
{
	return atomic_load_explicit(&file.head, memory_order_relaxed);
}

static char *rows_of(uint32_t chunk)
{
	return atomic_load(&stream_pool.chunk[chunk]) + stats_shadow;
}

static void say(int error, const char *what)
{
	char text[512];
	struct line line = line_in(text, sizeof(text) - 1);

	line_text(&line, "no statistics are kept: ");
	line_text(&line, what);
	if (error) {
		line_text(&line, " (");
		line_errno(&line, error);
		line_text(&line, ")");
	}
	line_text(&line, ": ");
	line_printable(&line, file.path, strlen(file.path));
	text[line.length] = '\0';
	report_note(LOG_LEVEL_WARN, text);
}

/* Nothing may be missing: a store into a page for which the disk has no room would be a SIGBUS. */
static bool write_all(int fd, const char *bytes, size_t n)
{
	while (n) {
		ssize_t written = real.write(fd, bytes, n);

		if (written < 0 && errno == EINTR)
			continue;
		if (written <= 0)
			return false;
		bytes += written;
		n -= (size_t)written;
	}
	return true;
}

static off_t place_of(uint32_t chunk)
{
	return (off_t)(file.size + (size_t)chunk * CHUNK);
}

static bool map_rows(int fd, uint32_t chunk)
{
	return mmap(rows_of(chunk), CHUNK, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, fd,
		    place_of(chunk)) != MAP_FAILED;
}

/* The fd's position is where the chunk belongs. */
static bool add_rows(int fd, uint32_t chunk)
{
	return write_all(fd, rows_of(chunk), CHUNK) && map_rows(fd, chunk);
}

/* Every chunk's, though the pool may just be adding it: then its rows come when it has been added. */
static bool add_all_rows(int fd)
{
	uint32_t chunks = atomic_load(&stream_pool.chunks);

	for (uint32_t i = 0; i < chunks; i++) {
		if (lseek(fd, place_of(i), SEEK_SET) < 0)
			return false;
		if (atomic_load(&stream_pool.chunk[i]) && !add_rows(fd, i))
			return false;
	}
	return true;
}

static const char *fill(int fd)
{
	struct stats_head *head;

	if (flock(fd, LOCK_SH | LOCK_NB) != 0)
		return "the file cannot be locked";
	if (!write_all(fd, own.bytes, file.size))
		return "the file cannot be written";
	head = mmap(NULL, file.size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (head == MAP_FAILED)
		return "the file cannot be mapped";
	if (!add_all_rows(fd))
		return "the file cannot be extended";
	head->magic = STATS_MAGIC;
	atomic_store(&file.head, head);
	return NULL;
}

/* Some file systems forget a lock as soon as an fd is closed: there we would be taken for dead. */
static bool lock_lasts(void)
{
	int fd = real.open(file.path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	bool lasts = fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK;

	if (fd >= 0)
		real.close(fd);
	return lasts;
}

static const char *publish(void)
{
	if (rename(file.new_path, file.path) != 0)
		return "the file cannot be renamed";
	if (lock_lasts())
		return NULL;
	unlink(file.path);
	errno = 0;
	return "the file system keeps no locks";
}

static const char *make(void)
{
	int fd =
	    real.open(file.new_path, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC | O_NOCTTY, MODE);
	const char *error = "the file cannot be created";
	int number;

	if (fd < 0)
		return error;
	error = fill(fd);
	number = errno;
	real.close(fd);
	errno = number;
	if (!error)
		error = publish();
	if (!error)
		return NULL;
	number = errno;
	unlink(file.new_path);
	errno = number;
	return error;
}

/* Only what is harmless in the name of a file. */
static void add_name(struct line *line)
{
	for (const char *p = own.head.program; *p; p++) {
		bool plain = (*p >= '0' && *p <= '9') || (*p >= 'a' && *p <= 'z') ||
			     (*p >= 'A' && *p <= 'Z') || *p == '-' || *p == '+' || *p == '_' || *p == '.';

		line_bytes(line, plain ? p : "_", 1);
	}
}

/* PROGRAM.PID.TIME.stats: no two files ever have the same name, in whatever container they were made. */
static void name(char *path, bool is_new)
{
	struct line line = line_in(path, sizeof(file.path) - 1);

	line.length = file.directory;
	line_text(&line, is_new ? "/." : "/");
	add_name(&line);
	line_text(&line, ".");
	line_number(&line, (uint64_t)own.head.pid);
	line_text(&line, ".");
	line_number(&line, own.head.since);
	line_text(&line, is_new ? STATS_NEW_SUFFIX : STATS_SUFFIX);
	path[line.length] = '\0';
}

static void identify(void)
{
	struct timespec now = {0};

	clock_gettime(CLOCK_REALTIME, &now);
	own.head.pid = getpid();
	own.head.since = (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
	name(file.path, false);
	name(file.new_path, true);
}

static void fail(int number, const char *error)
{
	atomic_store(&file.state, FAILED);
	say(number, error);
}

static bool extend(uint32_t chunk)
{
	int fd = real.open(file.path, O_RDWR | O_NOFOLLOW | O_CLOEXEC | O_NOCTTY);
	bool added = fd >= 0 && lseek(fd, place_of(chunk), SEEK_SET) >= 0 && add_rows(fd, chunk);

	if (fd >= 0)
		real.close(fd);
	return added;
}

static void make_quietly(void)
{
	const char *error;
	struct quiet quiet;
	int number;

	identify();
	quiet_begin(&quiet);
	error = make();
	number = errno;
	quiet_end(&quiet, error ? number : 0);
	if (error)
		fail(number, error);
	else
		atomic_store(&file.state, MADE);
}

static _Thread_local bool is_making;

/* What is counted in a row between its writing and its mapping would be lost. A signal handler must not wait
 * for the thread that it interrupted, and nobody for long. */
static void wait_until_made(void)
{
	for (int i = 0; i < PATIENCE && !is_making && atomic_load(&file.state) == MAKING; i++)
		sched_yield();
}

void stats_need_file(void)
{
	int state = atomic_load_explicit(&file.state, memory_order_acquire), saved = errno;

	if (state >= MADE || sandbox_holds())
		return;
	if (state != MAKING && atomic_compare_exchange_strong(&file.state, &state, MAKING)) {
		is_making = true;
		if (state == INHERITED)
			stats_begin_inherited();
		make_quietly();
		is_making = false;
	} else {
		wait_until_made();
	}
	errno = saved;
}

/* Before any stream of the chunk has begun. Without room in the file they are counted when they end. */
static void grown(uint32_t chunk)
{
	struct quiet quiet;
	int saved = errno;

	wait_until_made();
	if (sandbox_holds() || atomic_load(&file.state) != MADE)
		return;
	quiet_begin(&quiet);
	quiet_end(&quiet, extend(chunk) ? 0 : errno);
	errno = saved;
}

static void clear_own(void)
{
	for (unsigned i = 0; i < own.head.framings; i++)
		memset(own.head.framing[i].count, 0, sizeof(own.head.framing[i].count));
	memset(own.head.event, 0, sizeof(own.head.event));
	own.head.events = own.head.folds_begun = own.head.folds_done = 0;
}

/* How many chunks from that one on have their rows one behind the other. */
static uint32_t neighbours(uint32_t chunk, uint32_t chunks)
{
	char *first = atomic_load(&stream_pool.chunk[chunk]);
	uint32_t n = 0;

	while (first && chunk + n < chunks && atomic_load(&stream_pool.chunk[chunk + n]) == first + n * CHUNK)
		n++;
	return n;
}

static bool forget_rows(uint32_t chunk, uint32_t chunks)
{
	return mmap(rows_of(chunk), chunks * CHUNK, PROT_READ | PROT_WRITE,
		    MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) != MAP_FAILED;
}

bool stats_leave_file(void)
{
	uint32_t chunks = atomic_load(&stream_pool.chunks), together;

	if (atomic_load(&file.state) == IDLE || atomic_load(&file.state) == FAILED)
		return true;
	for (uint32_t i = 0; i < chunks; i += together ? together : 1) {
		together = neighbours(i, chunks);
		if (together && !forget_rows(i, together))
			return false;
	}
	if (stats_head() != &own.head)
		munmap(stats_head(), file.size);
	atomic_store(&file.head, &own.head);
	clear_own();
	atomic_store(&file.state, INHERITED);
	return true;
}

static size_t in_pages(size_t n)
{
	long page = sysconf(_SC_PAGESIZE);
	size_t unit = page > STATS_PAGE ? (size_t)page : STATS_PAGE;

	return (n + unit - 1) / unit * unit;
}

static void describe(const char *program)
{
	struct stats_head *head = &own.head;

	file.size = in_pages(sizeof(struct stats_head) + head->framings * sizeof(struct stats_framing));
	head->version = STATS_VERSION;
	head->size = (uint32_t)file.size;
	head->chunk = CHUNK;
	head->rows = ROWS;
	head->row = sizeof(struct stream);
	head->row_messages = STATS_ROW_MESSAGES;
	head->row_bytes = STATS_ROW_BYTES;
	strncpy(head->program, path_last(program), STATS_PROGRAM_NAME - 1);
}

void stats_prepare_file(const char *directory, const char *program)
{
	describe(program);
	if (!path_absolute(file.path, sizeof(config.stats) * 2, directory)) {
		strncpy(file.path, directory, sizeof(config.stats));
		fail(errno, "the directory cannot be found");
		return;
	}
	file.directory = strlen(file.path);
	memcpy(file.new_path, file.path, file.directory);
	stream_pool.blocks = ROWS;
	stream_pool.chunk_size = CHUNK;
	stream_pool.shadowed = true;
	stream_pool.grown = grown;
	stats_shadow = POOL_SLAB;
}
