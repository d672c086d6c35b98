#define POISONSHIM_BUILD
#include "poisonshim.h"

#include "fdtable.h"
#include "hooks/hook.h"
#include "notice.h"

/* poisonshim.h, as the program sees it. */

static int say(int fd, enum call_kind kind, uintptr_t frame)
{
	struct call call = stream_message_call(fd, kind, frame);

	return call.stream ? stream_say(&call) : 0;
}

HOOK int poisonshim_begin(int fd)
{
	return say(fd, CALL_BEGINS, HOOK_CALLER);
}

HOOK int poisonshim_end(int fd)
{
	return say(fd, CALL_ENDS, HOOK_CALLER);
}

HOOK int poisonshim_abandon(int fd)
{
	return say(fd, CALL_ABANDONS, HOOK_CALLER);
}

static enum poisonshim_state describe(const struct stream_answer *answer)
{
	switch (answer->state) {
	case STREAM_UNCUT:
		return answer->inside ? POISONSHIM_INSIDE : POISONSHIM_CLEAN;
	case STREAM_TORN:
		return POISONSHIM_TORN;
	case STREAM_POISONED:
		return POISONSHIM_POISONED;
	case STREAM_OFF:
		break;
	}
	return POISONSHIM_OFF;
}

HOOK enum poisonshim_state poisonshim_state(int fd)
{
	struct call call = stream_message_call(fd, CALL_ASKS, HOOK_CALLER);
	struct stream_answer answer;

	return call.stream && stream_ask(&call, &answer) ? describe(&answer) : POISONSHIM_NONE;
}

HOOK int poisonshim_on_poison(poisonshim_callback *callback)
{
	notice_tell(callback);
	return 0;
}
