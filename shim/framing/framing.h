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
#define FRAMING_STAGES_MAX 4 /* framing = stage > stage > ... */
#define FRAMING_PROOF_MAX 64 /* bytes of a write that a framing may look at before it is made */

struct framing_state {
	uint64_t left; /* bytes of the current frame still to come, where the frame says; 0 at a boundary */
	uint64_t sent; /* bytes of the current message so far; 0 at a boundary */
	uint32_t messages;  /* messages completed so far, modulo 2^32 (framing line, delimiter: see
			     * delimiter.c) */
	uint16_t have;	    /* owned by the class: how many header bytes have been seen; of walk_frames:
			     * 0 if the header is complete */
	uint8_t phase;	    /* owned by the class: the step of a handshake, say */
	uint8_t parser : 7; /* who parses: the stage, counted from 0, or from FRAMING_STAGES_MAX on a preset
			     * (framing_become) */
	uint8_t server : 1; /* what is written is what a server writes */
	bool inside;	    /* false exactly at a message boundary */
	uint8_t more;	    /* owned by the class: the next frame belongs to the message of this one */
	union {
		struct {
			bool desync; /* the bytes cannot be this framing; terminal */
			bool watch;  /* inside a message: the next bytes may prove that it was abandoned, see
				      * framing_class.abandons. The class sets it and takes it back */
		};
		uint16_t news; /* not 0: somebody must look at one of these */
	};
	/* Owned by the class: the header bytes seen so far, say. Last: most clean writes touch none of it. */
	uint8_t head[FRAMING_HEAD_MAX];
} __attribute__((packed, aligned(4))); /* no padding: every stream holds one */

_Static_assert(sizeof(struct framing_state) == 52, "a stream has room for this much");

struct framing;

/* One kind of framing. `p` always points at bytes that may be read. `offered` >= n counts the bytes from p to
 * the end of the write call, accepted or not: only framing `call`, where the call is the message, looks at
 * it. */
struct framing_class {
	const char *name;

	/* Consumes p[0..n), n > 0, up to and including the first message end and returns how many bytes that
	 * was (n if no message ends in them; 0 if p[0] proves that the message had ended before it, or if the
	 * state became another protocol's by framing_become()). Any split of the same bytes over calls gives
	 * the same state. On bytes that cannot be this framing sets desync; the return value then means
	 * nothing. */
	size_t (*advance)(const struct framing *, struct framing_state *, const uint8_t *p, size_t n,
			  uint64_t offered);

	/* Consumes all of p[0..n), with a look for TLS where a message begins (framing.sniffs_tls), and goes
	 * on as what the state became (framing_feed_on()). NULL: advance in a loop. */
	void (*feed)(const struct framing *, struct framing_state *, const uint8_t *p, size_t n,
		     uint64_t offered);

	/* Between messages: takes as many of p[0..n) as it can at little cost, and returns how many bytes
	 * that was. NULL: none. */
	size_t (*whole)(const struct framing *, struct framing_state *, const uint8_t *p, size_t n);

	/* Counts up to n bytes that were sent but cannot be seen; returns how many it need not see. NULL:
	 * those well inside a frame's rest, framing_state.left. */
	uint64_t (*skip)(const struct framing *, struct framing_state *, uint64_t n, uint64_t offered);

	/* state->watch is set: true if p[0..n), the first bytes of the next write, at most FRAMING_PROOF_MAX
	 * of them, prove that the message inside which the stream stands was given up: they begin another,
	 * and no bytes that could follow in the unfinished one look so. NULL: watch is never set. */
	bool (*abandons)(const struct framing *, const struct framing_state *, const uint8_t *p, size_t n);

	/* True if the stream stands inside a message that nothing but the end of the stream ends: to close is
	 * legal there. NULL: never. */
	bool (*is_open_ended)(const struct framing *, const struct framing_state *);

	/* With `skip` too, nobody looks at the bytes that are well inside of framing_state.left. */
	bool counts_rest;

	/* It never becomes another, but for TLS. */
	bool stays;

	/* It looks for TLS itself, where framing.sniffs_tls lets it: a message may begin with any byte. */
	bool finds_tls;

	/* Frames of other messages may stand between the frames of one. Then what is refused behind the
	 * current frame may be something else, and is not compared. */
	bool interleaves;
};

/* tls=: nothing, a record at a boundary starts TLS, TLS from the first byte on. */
enum framing_tls { FRAMING_TLS_OFF, FRAMING_TLS_SNIFF, FRAMING_TLS_START };

/* Netty's formula: total = offset + length + value + adjustment. */
struct length_field {
	uint32_t header;    /* bytes needed before the total is known, 1 to 65535; computed */
	uint32_t fast;	    /* nothing but the length matters, and one load gets it if that many bytes are
			     * there; computed */
	uint64_t fast_room; /* how many lengths from that on a write may have for it; computed */
	uint64_t bare_room; /* the same, 0 if more than the length matters; computed */
	int64_t added;	    /* offset + length + adjustment; computed */
	uint8_t shift;	    /* bits that this load has too many; computed */
	uint32_t offset;    /* bytes before the length field */
	uint32_t look;	/* how many bytes of the header `check` wants to see; 0: those that the fields need */
	uint32_t least; /* shortest frame in bytes; 0: the header and the trailer */
	uint8_t length; /* 1 to 8 bytes */
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
	/* For presets: looks at a complete header; `head` points at its first byte, or FRAMING_HEAD_MAX
	 * before its end if it is longer. Returns false if it cannot be this protocol. May set state->more to
	 * say that the next frame belongs to the same message, and keep what it likes in state->phase. NULL:
	 * nothing to check. */
	bool (*check)(struct framing_state *state, const uint8_t *head, uint64_t total);
};

struct delimiters {
	uint8_t count;
	uint8_t longest;
	bool scan;     /* they can overlap: every byte must be looked at */
	uint16_t only; /* the byte that is all there is to look for, or more than a byte can be; computed */
	uint8_t length[FRAMING_DELIMITERS_MAX];
	uint8_t bytes[FRAMING_DELIMITERS_MAX][FRAMING_HEAD_MAX];
};

/* One stage of a framing. Where there are more, they stand behind it in an array. */
struct framing {
	const struct framing_class *class;
	const char *protocol; /* the preset's name; NULL: none, a form with arguments */
	uint8_t stages;	      /* in the first: how many there are; each but the last is for one message */
	bool frames;	      /* unit=frame: every frame is a message */
	bool sniffs_tls; /* a message that would begin with byte 16 hex is a TLS record, and all that follows
			  */
	bool has_unit;	 /* unit= makes a difference */
	uint64_t max;	 /* longest frame (line, delimiter: message) in bytes; a longer one is a desync; 0: no
			    limit */
	union {
		uint64_t fixed; /* bytes per message */
		struct length_field length;
		struct delimiters delimiter;
		uint32_t varint_offset;
	};
	char name[FRAMING_NAME_MAX]; /* as written in the configuration, for the log */
};

extern const struct framing_class framing_amqp, framing_amqp1, framing_asn1, framing_auto, framing_call,
    framing_content_length, framing_cql5, framing_dbus, framing_delimiter, framing_explicit, framing_fixed,
    framing_giop, framing_http1, framing_http2, framing_imap, framing_ldap, framing_length_field,
    framing_memcached, framing_mqtt, framing_mysql, framing_nats, framing_netstring, framing_octet_counting,
    framing_off, framing_postgres, framing_redis, framing_sip, framing_smtp, framing_stomp, framing_tds,
    framing_varint32, framing_websocket, framing_zmtp;

/* Reads one framing at the cursor, stage > stage > ..., without options, into an array of FRAMING_STAGES_MAX.
 */
bool framing_parse(struct parse *parse, struct framing *framing);

/* Options of a framing that has been read; false where they mean nothing for it. */
bool framing_set_unit(struct framing *framing, bool frames);
bool framing_set_tls(struct framing *framing, enum framing_tls tls);

/* Sets the length in bytes of the longest frame; a longer one is a desync. */
void framing_limit(struct framing *framing, uint64_t max);

#define TLS_HANDSHAKE 0x16 /* the type of a TLS stream's first record */

/* It is looked for TLS here, at each boundary; some classes do it themselves. Of the others nobody looks at
 * *p: what is framed by calls need not be readable. */
static inline bool framing_begins_tls(const struct framing *framing, const struct framing_state *state,
				      const uint8_t *p)
{
	return framing->sniffs_tls && *p == TLS_HANDSHAKE && !state->inside && !framing->class->finds_tls;
}

/* What a stream's profile feeds its clean writes to: the class itself where that does. */
typedef void framing_feeder(const struct framing *framing, struct framing_state *state, const uint8_t *p,
			    size_t n, uint64_t offered);
framing_feeder *framing_feeder_of(const struct framing *framing);

/* Feeds bytes that the kernel accepted. */
framing_feeder framing_feed;

/* For framing_class.feed: TLS begins; the rest goes to the preset that the state became. */
void framing_become_tls(struct framing_state *state);
void framing_feed_on(struct framing_state *state, const uint8_t *p, size_t n, uint64_t offered);

/* Consumes bytes up to and including the first message end; returns how many that was
 * (framing_class.advance). Never 0, unless on a desync or if the message had ended before p[0]. */
size_t framing_advance(const struct framing *framing, struct framing_state *state, const uint8_t *p, size_t n,
		       uint64_t offered);

/* Counts bytes that the kernel accepted and that nobody can look at, as far as the framing need not see them.
 * Returns how many of the n were counted. */
uint64_t framing_skip(const struct framing *framing, struct framing_state *state, uint64_t n,
		      uint64_t offered);

/* True if the next n bytes are well inside a frame's rest, where nobody looks at them. */
bool framing_goes_on(const struct framing *framing, const struct framing_state *state, uint64_t n);

/* Counts n bytes if they are there; else does nothing, and is false. */
bool framing_count(const struct framing *framing, struct framing_state *state, uint64_t n);

/* How many of the refused bytes p[0..n), which would follow `state`, must come next: the offset behind the
 * first boundary, or n. Does not change `state`. */
size_t framing_first_boundary(const struct framing *framing, const struct framing_state *state,
			      const uint8_t *p, size_t n, uint64_t offered);

/* state->watch is set: true if p[0..n), the first bytes of the next write, prove that the message inside
 * which the stream stands was given up. */
bool framing_abandons(const struct framing *framing, const struct framing_state *state, const uint8_t *p,
		      size_t n);

/* True if the message inside which the stream stands ends with the stream: to close is legal there. */
bool framing_is_open_ended(const struct framing *framing, const struct framing_state *state);

/* What the bytes are parsed as, for the log: what framing `auto` has recognised ("auto" until it has), or
 * what the stream became (TLS, say), else the framing's name. */
const char *framing_recognised(const struct framing *framing, const struct framing_state *state);

/* The preset that parses the next byte, or NULL: a form with arguments. */
const char *framing_protocol(const struct framing *framing, const struct framing_state *state);

/* True if a call is a message, so that nobody knows where messages end inside of one: framing `call`,
 * `auto` when it has found no protocol, and `explicit` outside of a message. */
bool framing_is_call(const struct framing *framing, const struct framing_state *state);

/* True if the bytes themselves make no difference: `call` and `explicit`. */
bool framing_is_blind(const struct framing *framing, const struct framing_state *state);

/* True if it believes the program that a message begins: `explicit`, and `auto` as long as it has found no
 * protocol, which then becomes `explicit`. */
bool framing_obeys(const struct framing *framing, const struct framing_state *state);

/* The program says that the next byte begins a message. Only if it obeys, and at a boundary. */
void framing_begin(const struct framing *framing, struct framing_state *state);

/* True between framing_begin() and framing_end(). */
bool framing_is_begun(const struct framing *framing, const struct framing_state *state);

/* The begun message is complete; one of no bytes never was. */
void framing_end(const struct framing *framing, struct framing_state *state);

/* True if the first bytes are still to tell which framing it is. */
bool framing_is_undecided(const struct framing *framing, const struct framing_state *state);

/* True if a stream may begin in the middle: nothing of what came before is needed. */
bool framing_needs_no_past(const struct framing *framing);

/* A new stream begins in the middle of a connection, where no protocol is recognised by its first bytes. */
void framing_begin_in_the_middle(const struct framing *framing, struct framing_state *state);

/* Length in bytes of the current message as far as it is known, 0 if it is not (yet). */
uint64_t framing_message_length(const struct framing_state *state);

#endif
