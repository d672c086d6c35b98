#ifndef POISONSHIM_FRAMING_HTTP1_H
#define POISONSHIM_FRAMING_HTTP1_H

#include "headers.h"

/* What http1.c (headers), http1_body.c and http1_chunks.c share. */

enum http1_phase {
	HTTP1_PEEK = LINES_PHASES, /* where a body should begin another response may begin */
	HTTP1_PEEK_TO_END,	   /* the same, of a body to the end of the stream */
	HTTP1_PEEK_PAST,	   /* the same, and the body would have been over by now */
	HTTP1_BODY,
	HTTP1_TO_END,
	HTTP1_CHUNK_SIZE,
	HTTP1_CHUNK_EXTENSION,
	HTTP1_CHUNK_DATA,
	HTTP1_CHUNK_END,
};

/* What the next message may be. */
enum http1_mode {
	MODE_PLAIN,
	MODE_SOFT,	   /* the body that the request before announced */
	MODE_SOFT_CHUNKED, /* that, in chunks */
	MODE_PEEK,	   /* the rest of a response that began inside of what was taken for a body */
	MODE_WEBSOCKET,	   /* frames */
	MODE_TUNNEL,	   /* anything */
};

enum {
	HTTP1_UNSURE = LINES_FLAGS,	  /* a message may have been part of a body: it proves nothing */
	HTTP1_CONNECT = LINES_FLAGS << 1, /* the request's method */
	HTTP1_TRAILER = LINES_FLAGS << 2, /* these header lines are behind the last chunk */
	HTTP1_FIRST = LINES_FLAGS << 3,	  /* no chunk came yet */
};

/* The header is complete: what follows. All return 0, for the bytes that they take. */
size_t http1_end_request(struct framing_state *state);
size_t http1_end_response(struct framing_state *state);

size_t http1_begin_chunks(struct framing_state *state);

/* Takes bytes of a chunk's frame. */
size_t http1_chunk(const struct framing *framing, struct framing_state *state, const uint8_t *p, size_t n);

/* It is the body after all. */
size_t http1_begin_body(struct framing_state *state);

/* Behind the header of a request that expects 100-continue: true if the byte may begin a chunk. */
bool http1_begin_soft_chunk(struct framing_state *state, uint8_t c);

/* Behind a body that could be the beginning of a response: true if the byte goes on with that. */
bool http1_begin_rest(struct framing_state *state, uint8_t c);

/* The first line of a message is complete. */
void http1_line_is_certain(struct framing_state *state);

/* Sets framing_state.watch. */
void http1_watch(struct framing_state *state);

void http1_end_message(struct framing_state *state);

/* Takes bytes of a body. */
size_t http1_body(const struct framing *framing, struct framing_state *state, const uint8_t *p, size_t n);

/* framing_class.skip: nobody need see a body. */
uint64_t http1_skip(const struct framing *framing, struct framing_state *state, uint64_t n, uint64_t offered);

bool http1_is_open_ended(const struct framing *framing, const struct framing_state *state);

#endif
