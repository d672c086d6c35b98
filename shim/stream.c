#include "stream.h"

#include <stddef.h>
#include <time.h>

#include "config.h"
#include "fdtable.h"
#include "framing/lane.h"
#include "sandbox.h"
#include "stats.h"

#define STREAM_CHUNK 65536 /* bytes; 16 of them are left over, and none of a slab */

struct pool stream_pool = {
    .size = sizeof(struct stream),
    .link = offsetof(struct stream, link),
    .blocks = STREAM_CHUNK / sizeof(struct stream),
    .chunk_size = STREAM_CHUNK,
};

_Static_assert(sizeof(struct stream) <= 120,
	       "a guarded clean stream costs at most 128 bytes with its slot in the table");

/* What a clean write touches lies together, for framings that need no `head`: the end of the tail's room,
 * `lane`, and all from `hindrances` on. Between it and the same of the next stream in memory there is room
 * enough for a line of the cache to begin, wherever the stream lies: two threads on two streams share none.
 * To begin every stream at a line would take 8 bytes more, and use half of the cache: it was no faster. */
#define CACHE_LINE 64
#define CLEAN_BEGIN STATS_ROW_BYTES
#define CLEAN_END (offsetof(struct stream, frame) + offsetof(struct framing_state, head))
#define ALIGNED(size) ((size) & ~((size)-1)) /* what is carved in that size from a page is a multiple of */

_Static_assert(CLEAN_BEGIN + sizeof(uint64_t) == offsetof(struct stream, fds) &&
		   CLEAN_END - CLEAN_BEGIN + CACHE_LINE <=
		       sizeof(struct stream) + ALIGNED(sizeof(struct stream)),
	       "clean writes on two streams touch no line of the cache in common");

static uint32_t clock_ms(clockid_t clock)
{
	struct timespec now;

	clock_gettime(clock, &now);
	return (uint32_t)((uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000);
}

uint32_t stream_clock_ms(void)
{
	return clock_ms(CLOCK_MONOTONIC);
}

uint32_t stream_tick_ms(void)
{
	return clock_ms(CLOCK_MONOTONIC_COARSE);
}

_Atomic uint32_t stream_waits_watched;

static void count_torn(bool was, bool is)
{
	if (is && !was)
		atomic_fetch_add(&stream_waits_watched, 1);
	else if (was && !is)
		atomic_fetch_sub(&stream_waits_watched, 1);
}

void stream_set_state(struct stream *stream, enum stream_state state)
{
	count_torn(stream->state == STREAM_TORN, state == STREAM_TORN);
	atomic_store_explicit(&stream->state, (uint8_t)state, memory_order_relaxed);
	stream->gate = state != STREAM_UNCUT || config.deadline_ns || stream->frame.watch;
	if (state == STREAM_UNCUT && stream->cut == CUT_NONE)
		stream_choose_lane(stream);
}

void stream_choose_lane(struct stream *stream)
{
	stream->lane = (uint8_t)framing_lane_of(stream->profile->framing, &stream->frame);
}

struct stream *stream_create(const struct profile *profile, uint32_t identity, bool is_server)
{
	struct stream *stream = pool_take(&stream_pool);

	if (!stream)
		return NULL;
	/* Not `owner`: a thread that is late for the stream that lived here may just be looking at it. */
	stream->profile = profile;
	stream->link.spare = identity;
	stream->refusals = 0;
	stream->epoch = (uint8_t)process_epoch;
	stream->cut = CUT_NONE;
	stream->count_unknown = false;
	stream->half_closed = false;
	stream->uncounted = true;
	stream->verdict = VERDICT_NONE;
	stream->frame = (struct framing_state){.server = is_server};
	tail_clear(&stream->tail);
	stream_set_state(stream, STREAM_UNCUT);
	stats_stream_begins(stream);
	atomic_store(&stream->fds, 1);
	return stream;
}

bool stream_share(struct stream *stream)
{
	uint32_t fds = atomic_load(&stream->fds);

	while (fds)
		if (atomic_compare_exchange_weak(&stream->fds, &fds, fds + 1))
			return true;
	return false;
}

/* The end of the stream would cut a message. */
static bool is_inside(const struct stream *stream)
{
	return stream->state == STREAM_TORN ||
	       (stream->frame.inside && !framing_is_open_ended(stream->profile->framing, &stream->frame));
}

/* A forked child that closes what it inherited ends nothing. */
static bool is_inherited(const struct stream *stream)
{
	return stream->epoch != (uint8_t)process_epoch;
}

/* A call is inside: only it may look at the stream, and the last one to leave says how it ended. */
static bool is_in_use(const struct stream *stream)
{
	thread_publish(stream);
	return (atomic_load(&stream->owner) & STREAM_OWNER) != 0;
}

static bool is_finished_past_us(struct stream *stream, int fd)
{
	return fdtable_identifies(fd, stream) && stream_was_bypassed(stream, fd);
}

static bool is_wanted(enum event event)
{
	return report_wants(event) || (event == EVENT_CLOSED && stats_are_kept());
}

static void report_closed(struct stream *stream, int fd)
{
	enum event event = is_inside(stream) ? EVENT_CLOSED : EVENT_ENDED;

	if (!sandbox_holds() && stream->state <= STREAM_TORN && !stream->half_closed &&
	    !is_inherited(stream) && is_wanted(event) &&
	    !(event == EVENT_CLOSED && is_finished_past_us(stream, fd)))
		stream_report(stream, fd, event, NULL);
}

void stream_half_close(struct stream *stream, int fd)
{
	if (is_in_use(stream))
		return;
	report_closed(stream, fd);
	stream->half_closed = true;
}

void stream_closing(struct stream *stream, int fd)
{
	if (atomic_load(&stream->fds) == 1)
		stream_half_close(stream, fd);
}

void stream_drop(struct stream *stream, int fd, bool quiet)
{
	if (atomic_fetch_sub(&stream->fds, 1) != 1)
		return;
	/* Our own call may be inside, in the kernel or left by a jump: then it frees the stream. */
	if (!is_in_use(stream)) {
		if (!quiet)
			report_closed(stream, fd);
		stream->half_closed = true;
	}
	if (!(atomic_fetch_or(&stream->owner, STREAM_CLOSED) & STREAM_OWNER))
		stream_release(stream);
}

void stream_off(struct stream *stream, int fd, const char *reason)
{
	if (stream->state == STREAM_POISONED || stream->state == STREAM_OFF)
		return;
	if (!is_inherited(stream))
		stream_report(stream, fd, EVENT_OFF, &(struct report){.reason = reason});
	stream_set_state(stream, STREAM_OFF);
}

void stream_give_up(struct stream *stream)
{
	tail_clear(&stream->tail);
	stream_set_state(stream, STREAM_OFF);
}

/* The last to leave frees what was closed meanwhile. */
static void free_stream(struct stream *stream)
{
	report_closed(stream, -1);
	stats_stream_ends(stream);
	tail_clear(&stream->tail);
	stream_set_state(stream, STREAM_OFF);
	pool_give(&stream_pool, stream);
}

void stream_release(struct stream *stream)
{
	uint32_t flags = atomic_exchange(&stream->owner, 0) & ~STREAM_OWNER;

	if (flags & STREAM_WAITERS)
		stream_wake(stream);
	if (flags & STREAM_CLOSED)
		free_stream(stream);
}

/* Single-threaded calls leave no owner; and a call that was left before it took the stream harms nobody: by
 * now another thread may be about to take it, or another connection live there. */
static bool is_mine(const struct stream *stream)
{
	uint32_t owner = atomic_load(&stream->owner) & STREAM_OWNER;

	return owner == thread_self.token || (owner == 0 && STREAM_SINGLE_THREADED);
}

void stream_lose_count(struct stream *stream, enum cut cut)
{
	if (stream->state >= STREAM_POISONED)
		return;
	stream->cut = (uint8_t)cut;
	stream->cut_tick = stream_tick_ms();
	stream->count_unknown = true;
}

void stream_abandon(struct stream *stream, int fd, enum cut cut)
{
	if (!is_mine(stream))
		return;
	if (sandbox_holds()) {
		stream_give_up(stream);
	} else if (stream->state < STREAM_POISONED) {
		stream_lose_count(stream, cut);
		stream_poison(stream, fdtable_verify(fd, stream) ? fd : -1, VERDICT_NO_RETURN, NULL);
	}
	stream_let_go(stream);
}
