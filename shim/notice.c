#include "notice.h"

#include <errno.h>
#include <stddef.h>

/* One for each call that signal handlers can stack, and the newest counts most. */
#define NOTICES_MAX 4

struct notice {
	const struct stream *stream;
	int fd;
	enum verdict verdict;
};

static notice_callback *_Atomic told;
static _Thread_local struct notice notices[NOTICES_MAX];
static _Thread_local _Atomic unsigned noted;

void notice_tell(notice_callback *callback)
{
	atomic_store(&told, callback);
}

/* The count comes last: a handler in between delivers its own and leaves ours alone. */
void notice_take(const struct stream *stream, int fd, enum verdict verdict)
{
	unsigned n = atomic_load(&noted);

	if (!atomic_load(&told) || n == NOTICES_MAX)
		return;
	notices[n] = (struct notice){stream, fd, verdict};
	atomic_store(&noted, n + 1);
}

static bool is_ready(unsigned n)
{
	return n && !thread_is_inside(notices[n - 1].stream, thread_depth());
}

static void deliver(const struct notice *notice)
{
	notice_callback *callback = atomic_load(&told);

	if (callback)
		callback(notice->fd, report_verdict_word(notice->verdict));
}

void notice_deliver(void)
{
	if (!atomic_load(&noted))
		return;
	int saved = errno;

	for (unsigned n = atomic_load(&noted); is_ready(n); n = atomic_load(&noted)) {
		struct notice notice = notices[n - 1];

		/* A handler may have delivered it just now. */
		if (atomic_compare_exchange_strong(&noted, &n, n - 1))
			deliver(&notice);
	}
	errno = saved;
}
