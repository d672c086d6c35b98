#ifndef POISONSHIM_TOOLS_SHOW_H
#define POISONSHIM_TOOLS_SHOW_H

#include "scan.h"

/* What poisonframe prints: lines for people, or objects of JSON, one a line. */
struct show {
	bool json;
	bool quiet;	     /* not the messages */
	bool server;	     /* the role */
	const char *framing; /* as given */
};

/* The heading of the text. */
void show_begin(const struct show *show);

/* A whole message. `context` is a struct show. */
scan_message show_message;

/* How the stream ends, if that is not at a boundary, and the sums. */
void show_end(const struct show *show, const struct scan *scan);

#endif
