#include "stats.h"

#include <errno.h>
#include <string.h>
#include <time.h>

#include "config.h"
#include "fdtable.h"
#include "sandbox.h"

ptrdiff_t stats_shadow;

_Static_assert(sizeof(struct stats_row) <= sizeof(struct stream), "rows lie as streams do");

/* What each event counts as, and whether it is kept. */
static const struct {
	uint16_t counter;
	bool kept;
} kinds[] = {
    [EVENT_TORN] = {STATS_TORN, false},	       [EVENT_RESUMED] = {STATS_RESUMED, false},
    [EVENT_POISONED] = {STATS_POISONED, true}, [EVENT_REFUSED] = {STATS_REFUSED, true},
    [EVENT_CLOSED] = {STATS_CLOSED, true},     [EVENT_DESYNC] = {STATS_DESYNC, true},
    [EVENT_OFF] = {STATS_OFF, true},	       [EVENT_ENDED] = {STATS_COUNTERS, false},
};

static uint16_t framing_of(const struct stream *stream)
{
	const struct rule *rule =
	    (const struct rule *)((uintptr_t)stream->profile - offsetof(struct rule, profile));

	return (uint16_t)(rule - config.rules.rule);
}

static void add(const struct stream *stream, enum stats_counter counter, uint64_t n)
{
	__atomic_fetch_add(&stats_head()->framing[framing_of(stream)].count[counter], n, __ATOMIC_RELAXED);
}

void stats_stream_begins(const struct stream *stream)
{
	if (!stats_are_kept())
		return;
	stats_need_file();
	struct stats_row *row = stats_row(stream);

	row->bytes = 0;
	row->messages = 0;
	row->uncounted = 1;
	row->head = (struct stats_row_head){.framing = framing_of(stream) + 1U};
}

void stats_stream_is_known(const struct stream *stream)
{
	if (!stats_are_kept())
		return;
	stats_row(stream)->uncounted = 0;
	add(stream, STATS_STREAMS, 1);
}

void stats_stream_is_used(void)
{
	if (stats_are_kept())
		stats_need_file();
}

/* First added, then taken away: if the process is killed in between, sums never fall. */
void stats_stream_ends(const struct stream *stream)
{
	struct stats_head *head = stats_head();
	struct stats_row *row = stats_row(stream);

	/* In a sandbox we may be a child that never found out that it is one. A forked child that closes what
	 * it never used has no rows. */
	if (!stats_are_kept() || sandbox_holds() || !row->head.framing)
		return;
	__atomic_fetch_add(&head->folds_begun, 1, __ATOMIC_SEQ_CST);
	add(stream, STATS_MESSAGES, row->messages - row->head.messages);
	add(stream, STATS_BYTES, row->bytes);
	add(stream, STATS_ENDED, !row->uncounted);
	row->head = (struct stats_row_head){0};
	row->messages = 0;
	row->bytes = 0;
	__atomic_fetch_add(&head->folds_done, 1, __ATOMIC_SEQ_CST);
}

static uint64_t now(void)
{
	struct timespec time = {0};

	clock_gettime(CLOCK_REALTIME, &time);
	return (uint64_t)time.tv_sec * 1000000000 + (uint64_t)time.tv_nsec;
}

static void keep(const struct stream *stream, const struct report *report)
{
	struct stats_head *head = stats_head();
	uint64_t number = __atomic_add_fetch(&head->events, 1, __ATOMIC_RELAXED);
	struct stats_event *event = &head->event[number % STATS_EVENTS];

	__atomic_store_n(&event->number, 0, __ATOMIC_SEQ_CST);
	event->time = now();
	event->sent = report->sent;
	event->length = report->length;
	event->message = (uint32_t)report->message;
	event->fd = report->fd;
	event->counter = kinds[report->event].counter;
	event->framing = framing_of(stream);
	__atomic_store_n(&event->number, number, __ATOMIC_SEQ_CST);
}

void stats_event(const struct stream *stream, const struct report *report)
{
	if (!stats_are_kept() || report->event == EVENT_ENDED)
		return;
	stats_need_file();
	add(stream, kinds[report->event].counter, 1);
	if (kinds[report->event].kept)
		keep(stream, report);
}

/* What was sent before, the parent counts. */
static void begin_inherited(struct stream *stream, int fd)
{
	struct stats_row *row = stats_row(stream);

	(void)fd;
	row->head = (struct stats_row_head){framing_of(stream) + 1U, stream->frame.messages};
	row->messages = stream->frame.messages;
	row->uncounted = 1;
}

void stats_begin_inherited(void)
{
	fdtable_each_stream(begin_inherited);
}

void stats_forked(void)
{
	int saved = errno;

	if (stats_are_kept() && !stats_leave_file())
		stats_shadow = 0;
	errno = saved;
}

static void describe_framings(struct stats_head *head)
{
	for (unsigned i = 0; i < config.rules.count; i++) {
		const struct framing *framing = config.rules.rule[i].profile.framing;

		if (framing->class != &framing_off)
			strncpy(head->framing[i].name, framing->name, STATS_FRAMING_NAME);
	}
	head->framings = config.rules.count;
	head->audit = config.audit;
}

void stats_start(const char *directory, const char *program)
{
	int saved = errno;

	if (*directory && !sandbox_holds()) {
		describe_framings(stats_head());
		stats_prepare_file(directory, program);
	}
	errno = saved;
}
