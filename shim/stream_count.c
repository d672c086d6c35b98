#include "stream.h"

#include <errno.h>

#include "fdtable.h"
#include "kernel_count.h"
#include "line.h"

#define REASON_MAX 160

void stream_count_from(struct stream *stream, int fd, uintptr_t birth)
{
	int saved = errno;

	stream->uncounted = false;
	if (birth == SLOT_BORN_TCP)
		stream->accepted = KERNEL_COUNT_CONNECTS;
	else if (birth == SLOT_ACCEPTED_TCP || birth == SLOT_BORN_SOCKET)
		stream->accepted = KERNEL_COUNT_ACCEPTED;
	else
		stream->uncounted = birth != SLOT_UNKNOWN || !kernel_count_of_stranger(fd, &stream->accepted);
	errno = saved;
}

/* `past` is modulo 2^32: a count that fell behind is one of another connection, say. */
static void turn_off(struct stream *stream, int fd, uint32_t past)
{
	char text[REASON_MAX];
	struct line line = line_in(text, sizeof(text) - 1);

	if (past <= INT32_MAX) {
		line_number(&line, past);
		line_text(&line, past == 1 ? " byte" : " bytes");
		line_text(&line, " went past the guard (io_uring, a system call or another process wrote)");
	} else {
		line_text(&line, "the kernel's count of bytes is not that of the guard");
	}
	text[line.length] = '\0';
	stream->epoch = (uint8_t)process_epoch;
	stream_off(stream, fd, text);
}

bool stream_was_bypassed(struct stream *stream, int fd)
{
	int saved = errno;
	uint32_t bytes;
	bool bypassed = !stream->uncounted && kernel_count(fd, &bytes) && bytes != stream->accepted;

	if (bypassed)
		turn_off(stream, fd, bytes - stream->accepted);
	errno = saved;
	return bypassed;
}
