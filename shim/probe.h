#ifndef POISONSHIM_PROBE_H
#define POISONSHIM_PROBE_H

#include "report.h"

/*
 * Static probes (USDT) for bpftrace, SystemTap, gdb: poisonshim:torn, resumed, poisoned, refused; see
 * poisonshim(7). Where systemtap-sdt-dev was not there at build time there are none. While nobody traces they
 * cost one load each, and only where an event is.
 */
#if defined(__has_include) && !defined(POISONSHIM_NO_PROBES)
#if __has_include(<sys/sdt.h>)
#define PROBES
#endif
#endif

#ifdef PROBES

/* True if somebody traces events of this kind. */
bool probe_is_traced(enum event event);

/* Asks the kernel for the peer; only if it is traced. */
void probe_fire(const struct report *report);

#else

static inline bool probe_is_traced(enum event event)
{
	(void)event;
	return false;
}

static inline void probe_fire(const struct report *report)
{
	(void)report;
}

#endif

#endif
