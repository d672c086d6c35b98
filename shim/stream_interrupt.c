#include "stream.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>

#include "config.h"
#include "fdtable.h"
#include "notice.h"

/* Never waits: whoever is inside is being served by the kernel. */
static bool try_to_take(struct stream *stream, int fd)
{
	uint32_t nobody = 0;

	if (!atomic_compare_exchange_strong(&stream->owner, &nobody, thread_self.token))
		return false;
	if (fdtable_means(fd, stream))
		return true;
	stream_release(stream);
	return false;
}

/* Policy resume only remembers it, for the day when the message is abandoned. */
static void interrupt(struct stream *stream, int fd, enum cut cut)
{
	if (!stream->frame.inside || stream->state > STREAM_TORN)
		return;
	if (!config.strict && stream->state != STREAM_TORN)
		return;
	stream->cut = (uint8_t)cut;
	stream->cut_tick = stream_tick_ms();
	if (config.strict && fdtable_verify(fd, stream))
		stream_poison(stream, fd, VERDICT_STRICT, NULL);
}

/* A handler that wrote to the stream just now would meet a call of its own thread that is none. */
static void interrupt_unhandled(struct stream *stream, int fd, enum cut cut)
{
	sigset_t block, mask;

	sigfillset(&block);
	pthread_sigmask(SIG_BLOCK, &block, &mask);
	if (try_to_take(stream, fd)) {
		interrupt(stream, fd, cut);
		stream_release(stream);
	}
	pthread_sigmask(SIG_SETMASK, &mask, NULL);
	notice_deliver();
}

void stream_interrupted(struct stream *stream, int fd, enum cut cut)
{
	int saved = errno;

	/* A handler's wait is not the wait of the write that it interrupted. */
	if (thread_refresh() && !thread_is_inside(stream, thread_depth()))
		interrupt_unhandled(stream, fd, cut);
	errno = saved;
}
