#ifndef POISONSHIM_TOOLS_SCAN_H
#define POISONSHIM_TOOLS_SCAN_H

#include "../framing/framing.h"

/* Finds the messages of a byte stream that comes in pieces, in constant memory. */

#define SCAN_HEAD_MAX 64 /* bytes of a message that are kept */
#define SCAN_SHOWN 16	 /* bytes of a desync that are */

enum scan_end {
	SCAN_BOUNDARY,	 /* all bytes are whole messages */
	SCAN_INSIDE,	 /* the stream ends inside a message */
	SCAN_OPEN_ENDED, /* so it does, and that is what ends this message */
	SCAN_DESYNC,	 /* the bytes cannot be the framing */
	SCAN_UNFRAMED,	 /* from scan.offset on nobody can tell where messages end: call, off, auto */
};

struct scan {
	const struct framing *framing;
	struct framing_state state;
	uint64_t offset;      /* bytes consumed */
	uint64_t start;	      /* of the current message, or of the one that has just ended */
	uint64_t messages;    /* completed */
	uint64_t longest;     /* bytes of the longest of them */
	uint64_t longest_at;  /* where it starts */
	const char *protocol; /* of that message: a preset, or NULL */
	bool switched;	      /* it is not the framing as configured, but what that became */
	bool first;	      /* it is the first of that protocol */
	uint8_t head[SCAN_HEAD_MAX];
	size_t have; /* bytes in head */
	enum scan_end end;
	uint8_t found[SCAN_SHOWN]; /* SCAN_DESYNC: the bytes from `offset` on, the first that is wrong */
	size_t found_length;
};

/* What is done with each whole message, scan->start to scan->offset. */
typedef void scan_message(const struct scan *scan, void *context);

void scan_begin(struct scan *scan, const struct framing *framing, bool server);

/* Consumes bytes and returns how many; those that it leaves must come again with more behind them. None come
 * after p[0..n) if `last`. When scan_is_over(), nothing more is to be found. */
size_t scan_feed(struct scan *scan, const uint8_t *p, size_t n, bool last, scan_message *message,
		 void *context);
bool scan_is_over(const struct scan *scan);

/* All bytes have been fed: sets scan->end. */
void scan_finish(struct scan *scan);

#endif
