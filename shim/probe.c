#include "probe.h"

#ifdef PROBES

#include <errno.h>

#include "hidden.h"
#include "report_parts.h"

#define _SDT_HAS_SEMAPHORES 1
#include <sys/sdt.h>

#ifdef __clang__
#pragma clang diagnostic ignored "-Wgnu-zero-variadic-macro-arguments" /* in STAP_PROBE */
#endif

/* Whoever traces counts these up. */
#define SEMAPHORE(name)                                                      \
	extern HIDDEN volatile unsigned short poisonshim_##name##_semaphore; \
	__attribute__((section(".probes"))) volatile unsigned short poisonshim_##name##_semaphore

SEMAPHORE(torn);
SEMAPHORE(resumed);
SEMAPHORE(poisoned);
SEMAPHORE(refused);

bool probe_is_traced(enum event event)
{
	switch (event) {
	case EVENT_TORN:
		return poisonshim_torn_semaphore;
	case EVENT_RESUMED:
		return poisonshim_resumed_semaphore;
	case EVENT_POISONED:
		return poisonshim_poisoned_semaphore;
	case EVENT_REFUSED:
		return poisonshim_refused_semaphore;
	default:
		return false;
	}
}

static void name_peer(char name[REPORT_NAME_MAX + 1], int fd)
{
	struct contact contact = {.peer = {.length = 0}};

	if (fd >= 0)
		contact_ask(&contact, fd);
	for (size_t i = 0; i < contact.peer.length; i++)
		name[i] = contact.peer_text[i];
	name[contact.peer.length] = '\0';
}

static void fire(const struct report *report, const char *peer)
{
	/* Words of the machine's size are what a tracer can read everywhere. */
	unsigned long message = (unsigned long)report->message, sent = (unsigned long)report->sent,
		      length = (unsigned long)report->length;
	const char *cut = report_cut_word(report->cut), *verdict = report_verdict_word(report->verdict);

	if (report->event == EVENT_TORN)
		STAP_PROBE6(poisonshim, torn, report->fd, peer, message, sent, length, cut);
	else if (report->event == EVENT_RESUMED)
		STAP_PROBE6(poisonshim, resumed, report->fd, peer, message, sent, length, cut);
	else if (report->event == EVENT_POISONED)
		STAP_PROBE6(poisonshim, poisoned, report->fd, peer, message, sent, length, verdict);
	else
		STAP_PROBE7(poisonshim, refused, report->fd, peer, message, sent, length,
			    (unsigned long)report->offered, (unsigned long)report->refused);
}

void probe_fire(const struct report *report)
{
	char peer[REPORT_NAME_MAX + 1];
	int saved = errno;

	if (!probe_is_traced(report->event))
		return;
	name_peer(peer, report->fd);
	fire(report, peer);
	errno = saved;
}

#else

/* ISO C wants something here. */
typedef int probe_none;

#endif
