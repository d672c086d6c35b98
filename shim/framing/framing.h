#ifndef POISONSHIM_FRAMING_H
#define POISONSHIM_FRAMING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../parse.h"

/*
 * Framing: accepted bytes in, "inside a message or at a boundary" out. Pure: no I/O, no globals, no fds.
 *
 * A framing is a constant description made by framing_parse(); a framing_state is the position of one
 * stream in it. A zeroed state stands at the start of a stream, which is a boundary.
 */

#define FRAMING_HEAD_MAX 24
#define FRAMING_NAME_MAX 80
#define FRAMING_DELIMITERS_MAX 8

struct framing_state {
	uint64_t left;	   /* bytes of the current frame still to come, where the frame says */
	uint64_t sent;	   /* bytes of the current message so far; 0 at a boundary */
	uint32_t messages; /* messages completed so far, modulo 2^32 (framing line, delimiter: see
			    * delimiter.c) */
	uint8_t head[FRAMING_HEAD_MAX]; /* header bytes seen so far, or the last bytes of a message */
	uint16_t have;		       /* how many header bytes have been seen; 0 if the header is complete */
	uint8_t phase;		       /* owned by the class: the step of a handshake */
	uint8_t protocol;	       /* what framing auto has recognised: auto.c */
	bool inside;		       /* false exactly at a message boundary */
	bool desync;		       /* the bytes cannot be this framing; terminal */
	uint8_t more;		       /* the next frame belongs to the message of this one */
} __attribute__((packed, aligned(4))); /* no padding at its end: every stream holds one */

struct framing;

/* One kind of framing. `p` always points at bytes that may be read. `offered` >= n counts the bytes from p to
 * the end of the write call, accepted or not: only framing `call`, where the call is the message, looks at
 * it. */
struct framing_class {
	const char *name;

	/* Consumes p[0..n) up to and including the first message end and returns how many bytes that was
	 * (n if no message ends in them; 0 if p[0] proves that the message had ended before it). Any split of
	 * the same bytes over calls gives the same state. On bytes that cannot be this framing sets desync;
	 * the return value then means nothing. */
	size_t (*advance)(const struct framing *, struct framing_state *, const uint8_t *p, size_t n,
			  uint64_t offered);

	/* Consumes all of p[0..n); NULL means: advance in a loop. For framings that can do better. */
	void (*feed)(const struct framing *, struct framing_state *, const uint8_t *p, size_t n,
		     uint64_t offered);

	/* Counts up to n bytes that were sent but cannot be seen; returns how many it need not see. NULL:
	 * those well inside a frame's rest, framing_state.left. */
	uint64_t (*skip)(const struct framing *, struct framing_state *, uint64_t n, uint64_t offered);
};

/* Netty's formula: total = offset + length + value + adjustment. */
struct length_field {
	uint32_t header;    /* bytes needed before the total is known, 1 to 65535; computed */
	uint32_t fast;	    /* nothing but the length matters, and one load gets it if that many bytes are
			     * there; computed */
	uint64_t fast_room; /* how many lengths from that on a write may have for it; computed */
	uint64_t bare_room; /* the same, 0 if a check must see the header; computed */
	int64_t added;	    /* offset + length + adjustment; computed */
	uint8_t shift;	    /* bits that this load has too many; computed */
	uint32_t offset;    /* bytes before the length field */
	uint8_t length;	    /* 1 to 8 bytes */
	bool little_endian;
	int64_t adjustment;
	uint64_t mask;	    /* which bits of the field are the length; 0: all */
	uint64_t last;	    /* if not 0: the frame ends the message only if field & last */
	uint64_t more;	    /* if not 0: the message goes on if field & more */
	uint64_t continues; /* with has_continues: the message goes on if the length is exactly this */
	bool has_continues;
	uint32_t pad_offset; /* offset and length of a field that counts padding behind the frame */
	uint8_t pad_length;  /* 0: none */
	uint8_t trailer_length;
	uint8_t trailer[8]; /* what the last bytes of every frame must be */
	uint8_t magic_length;
	uint32_t magic_offset;
	uint8_t magic[16]; /* bytes that must stand in every header */
	/* For presets: looks at a complete header. Returns false if it cannot be this protocol. May set
	 * state->more to say that the next frame belongs to the same message. NULL: nothing to check. */
	bool (*check)(struct framing_state *state, const uint8_t *head, uint64_t total);
};

struct delimiters {
	uint8_t count;
	uint8_t longest;
	bool scan; /* they can overlap: every byte must be looked at */
	uint8_t length[FRAMING_DELIMITERS_MAX];
	uint8_t bytes[FRAMING_DELIMITERS_MAX][FRAMING_HEAD_MAX];
};

struct framing {
	const struct framing_class *class;
	uint64_t max; /* longest frame (line, delimiter: message) in bytes; a longer one is a desync; 0: no
			 limit */
	union {
		uint64_t fixed; /* bytes per message */
		struct length_field length;
		struct delimiters delimiter;
		uint32_t varint_offset;
	};
	char name[FRAMING_NAME_MAX]; /* as written in the configuration, for the log */
};

extern const struct framing_class framing_off, framing_call, framing_fixed, framing_length_field,
    framing_delimiter, framing_varint32, framing_http2, framing_zmtp, framing_auto;

/* Reads one framing (a preset, or a form with its arguments; no options) at the cursor. */
bool framing_parse(struct parse *parse, struct framing *framing);

/* Sets the length in bytes of the longest frame; a longer one is a desync. */
void framing_limit(struct framing *framing, uint64_t max);

/* Feeds bytes that the kernel accepted. */
void framing_feed(const struct framing *framing, struct framing_state *state, const uint8_t *p, size_t n,
		  uint64_t offered);

/* Counts bytes that the kernel accepted and that nobody can look at, as far as the framing need not see them.
 * Returns how many of the n were counted. */
uint64_t framing_skip(const struct framing *framing, struct framing_state *state, uint64_t n,
		      uint64_t offered);

/* How many of the refused bytes p[0..n), which would follow `state`, belong to the message that is cut there:
 * the offset behind its first boundary, or n. Does not change `state`. */
size_t framing_first_boundary(const struct framing *framing, const struct framing_state *state,
			      const uint8_t *p, size_t n, uint64_t offered);

/* What the bytes are parsed as, for the log: what framing `auto` has recognised ("auto" until it has), else
 * the framing's name. */
const char *framing_recognised(const struct framing *framing, const struct framing_state *state);

/* True if a call is a message, so that nobody knows where messages end inside of one: framing `call`, and
 * `auto` when it has found no protocol. */
bool framing_is_call(const struct framing *framing, const struct framing_state *state);

/* True if the first bytes are still to tell which framing it is. */
bool framing_is_undecided(const struct framing *framing, const struct framing_state *state);

/* Length in bytes of the current message as far as it is known, 0 if it is not (yet). */
uint64_t framing_message_length(const struct framing_state *state);

#endif
