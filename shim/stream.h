#ifndef POISONSHIM_STREAM_H
#define POISONSHIM_STREAM_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "hidden.h"
#include "offer.h"
#include "pool.h"
#include "process.h"
#include "report.h"
#include "rules.h"
#include "tail.h"
#include "thread.h"

/* The states of DESIGN.md section 3. A stream is armed while some thread has it in its list of calls in
 * flight. */
enum stream_state {
	STREAM_UNCUT, /* clean or open: frame.inside says which */
	STREAM_TORN,
	STREAM_POISONED,
	STREAM_OFF,
};

#define STREAM_OWNER_TID 0x003fffffu /* the thread whose call is in the kernel (tids end at 2^22) */
#define STREAM_OWNER_EPOCH \
	0x3fc00000u /* low bits of its process_epoch: tells our threads from our parent's */
#define STREAM_OWNER_EPOCH_SHIFT 22
#define STREAM_OWNER (STREAM_OWNER_TID | STREAM_OWNER_EPOCH)
#define STREAM_WAITERS 0x40000000u /* wake them when the owner leaves */
#define STREAM_CLOSED 0x80000000u  /* no fd means it any more: whoever owns it frees it */

/* One open file description. Every fd that was duplicated from it shares it. Its order keeps apart in memory
 * what clean writes of different streams touch: stream.c. */
struct stream {
	/* Its spare word is the identity of the kernel's object, classify.h. */
	_Alignas(8) struct pool_link link;
	uint32_t begin_ms; /* monotonic; when the message began; only kept with a deadline */
	uint32_t cut_tick; /* stream_tick_ms() when it was cut */
	struct tail tail;
	/* A clean write touches nothing above, but for STATS_ROW_BYTES, at the end of it. */
	_Atomic uint32_t fds; /* how many fds of this process mean it */
	uint8_t epoch;	      /* low bits of process_epoch when it was made or last took the long way */
	union {
		uint8_t lane; /* enum framing_lane; while nothing cut the message */
		uint8_t cut_errno;
	};
	bool cut_dontwait : 1;	/* the cut call had MSG_DONTWAIT */
	bool count_unknown : 1; /* a call did not return: frame.sent is a lower bound */
	bool half_closed : 1;
	bool uncounted : 1; /* `accepted` is not comparable: the kernel did not say where it begins */
	uint8_t refusals;   /* so far; stops at 255 */
	union {
		struct {
			_Atomic uint32_t
			    owner; /* futex word: STREAM_OWNER and flags, 0: nobody, or single-threaded */
			bool gate; /* the clean path must not be taken; frame.news is 0 unless it is set */
			_Atomic uint8_t state; /* some look before they take the stream; the owner sets it */
			uint8_t cut;	 /* what cut the message: enum cut, CUT_NONE inside an uncut one */
			uint8_t verdict; /* enum verdict, why it is poisoned */
		};
		uint64_t hindrances; /* all of these in one: 0 on the clean path */
	};
	const struct profile *profile;
	uint32_t accepted; /* TCP: as the kernel counts, modulo 2^32; kernel_count.h */
	struct framing_state frame;
};

/* What a call wants of its stream: to write, or what poisonshim.h has beside that. */
enum call_kind { CALL_WRITES, CALL_BEGINS, CALL_ENDS, CALL_ABANDONS, CALL_ASKS };

/* One write call on its way through a hook. */
struct call {
	struct stream *stream; /* armed for this call, or NULL: not guarded */
	struct mark mark;
	struct offer offer;
	uintptr_t frame; /* the stack pointer of the hook's caller */
	uint32_t entry;	 /* of thread_self.calls, while armed */
	int fd;
	int flags; /* MSG_* */
	enum call_kind kind;
};

extern HIDDEN struct pool stream_pool;

/* A new stream with one fd; NULL without memory. `is_server`: what is written is what a server writes. */
struct stream *stream_create(const struct profile *profile, uint32_t identity, bool is_server);

/* One more fd means the stream; false if it is being freed. */
bool stream_share(struct stream *stream);

/* One fd less means it. With the last one the stream ends; says so in the log if that is inside a message,
 * unless `quiet`; a call that is still inside says so when it leaves. */
void stream_drop(struct stream *stream, int fd, bool quiet);

/* The fd is about to be closed: if it is the last one, says so in the log as stream_drop does, while its
 * addresses can be asked for. */
void stream_closing(struct stream *stream, int fd);

/* The writing side is shut down: says so in the log if that is inside a message. */
void stream_half_close(struct stream *stream, int fd);

/* Takes call->stream, if it may write what it offers. True: make the call, then stream_leave(). False:
 * refused, errno is set, nothing may be written. Sets call->stream to NULL if the fd is not guarded after
 * all. */
bool stream_enter(struct call *call);

/* Settles what the kernel accepted and lets the stream go. Returns `result`; errno stays the kernel's. */
ssize_t stream_leave(struct call *call, ssize_t result);

/* The ends of a call on the clean path; all return `result`. They take it in pieces that fit into registers,
 * so that nothing of it has to outlive the call in one. `how` is STREAM_HOW(shape, flags). */
#define STREAM_HOW(shape, flags) ((uint64_t)(shape) << 32 | (uint32_t)(flags))

/* Of one all of which went, and which the framing was fed with. */
ssize_t stream_leave_fed(struct stream *stream, const void *base, size_t count, uint64_t how, ssize_t result);

/* Of one that is in pieces: OFFER_VECTOR, OFFER_MESSAGE. */
ssize_t stream_leave_pieces(struct stream *stream, const void *base, size_t count, uint64_t how,
			    ssize_t result);

/* Of one without news, on a stream that has an owner by now. */
ssize_t stream_leave_owned(struct stream *stream, ssize_t result);

/* Of any: settles, lets the stream go. */
ssize_t stream_leave_unclean(struct stream *stream, const void *base, size_t count, uint64_t how,
			     ssize_t result);

/* On the clean path: what no lane took (framing/lane.h). */
void stream_feed_whole(struct stream *stream, const void *base, size_t count);

/* Moves the stream's state by what the kernel accepted. `fed`: the framing was fed with all of it already. */
void stream_settle(const struct call *call, ssize_t result, bool fed);

void stream_release(struct stream *stream);

/* True if no byte was ever counted on it. */
static inline bool stream_is_unused(const struct stream *stream)
{
	return stream->state == STREAM_UNCUT && !stream->frame.messages && !stream->frame.inside;
}

static inline bool stream_is_owned(const struct stream *stream)
{
	return atomic_load_explicit(&stream->owner, memory_order_relaxed) != 0;
}

/* Gives the stream up that this thread took; false: that takes stream_release(). The compiler must not see
 * that it is the word that was looked at before: it would keep its address, in a register or at least by an
 * instruction. */
static inline bool stream_give_back(struct stream *stream)
{
	uint32_t mine = thread_self.token;

	__asm__("" : "+r"(stream));
	return atomic_compare_exchange_strong_explicit(&stream->owner, &mine, fresh_zero(),
						       memory_order_release, memory_order_relaxed);
}

static inline void stream_let_go(struct stream *stream)
{
	if (stream_is_owned(stream) && !stream_give_back(stream))
		stream_release(stream);
}

/* A call of poisonshim.h that offers no bytes, of `kind`; its stream is NULL if there is nothing to say it
 * to. `frame` is the stack pointer of the function's caller. */
struct call stream_message_call(int fd, enum call_kind kind, uintptr_t frame);

/* The program says where its message begins or ends. 0, or -1 with errno: EPIPE, or as a write that does not
 * get its turn. */
int stream_say(struct call *call);

/* How the stream stands. False: not guarded. Never waits for another thread's write, and keeps errno. */
struct stream_answer {
	enum stream_state state;
	bool inside; /* of an uncut message, or of a call */
};
bool stream_ask(struct call *call, struct stream_answer *answer);

/* The call that this thread had armed will never return. */
void stream_abandon(struct stream *stream, int fd, enum cut cut);

/* A call did not return: nobody knows how much of it was sent. Nothing to lose on a stream that is poisoned
 * or off. */
void stream_lose_count(struct stream *stream, enum cut cut);

/* How many streams are torn, and one more under policy strict, where an interrupted wait for an open stream
 * counts too. While it is 0 nobody need look at waits. */
extern HIDDEN _Atomic uint32_t stream_waits_watched;

/* A thread that waited until it may write to the stream gave up: `cut` is why. Inside a message that is an
 * interruption. */
void stream_interrupted(struct stream *stream, int fd, enum cut cut);

/* From here on the stream counts what the kernel accepts. `birth` is what we saw of it: a slot_tag. */
void stream_count_from(struct stream *stream, int fd, uintptr_t birth);

/* True if the kernel has accepted other bytes than went through the guard; then the stream is off: what it
 * knows of messages is worth nothing. Makes system calls. */
bool stream_was_bypassed(struct stream *stream, int fd);

/* The stream is not guarded any more. `reason` completes "not guarded any more: ...". */
void stream_off(struct stream *stream, int fd, const char *reason);

/* The same without a line: nothing may be said. */
void stream_give_up(struct stream *stream);

/* For stream's own parts. */

enum stream_acquired {
	STREAM_ACQUIRED,
	STREAM_BUSY, /* another thread is inside and this caller may not wait: errno is EAGAIN or EINTR */
	STREAM_OWNER_GONE, /* acquired from a thread that has ended inside */
	STREAM_INHERITED,  /* acquired; a thread of the parent process was inside when it forked */
	STREAM_STALE,	   /* the fd means something else by now */
};

enum stream_acquired stream_acquire(struct stream *stream, const struct call *call);
void stream_wake(struct stream *stream);
void stream_set_state(struct stream *stream, enum stream_state state);
void stream_choose_lane(struct stream *stream);
bool stream_is_nonblocking(const struct call *call);
uint32_t stream_clock_ms(void);

/* Monotonic ms that stand still between two ticks of the kernel, 1 to 10 ms; much cheaper. */
uint32_t stream_tick_ms(void);

/* True if a signal or a timeout on a blocking stream cut the call short. */
bool stream_was_interrupted(const struct stream *stream, const struct call *call);

/* What cut the current message, as far as the kernel still tells. */
enum cut stream_cut(const struct stream *stream, int fd);

/* Poisons (or in audit mode reports and turns the guard off; or turns it off because bytes went past it). The
 * fd must have been verified. True if writes are refused from now on. */
bool stream_poison(struct stream *stream, int fd, enum verdict verdict, const struct offer *offered);

/* Answers a write on a poisoned stream: EPIPE, and a log line for the 1st, 2nd, 4th, 8th, ... */
void stream_refuse(struct stream *stream, const struct call *call);

/* Sets errno to EPIPE and raises SIGPIPE if that is configured and the call would. */
void stream_deny(const struct call *call);

/* A line about the stream, if the level wants it. */
void stream_report(struct stream *stream, int fd, enum event event, const struct report *details);

#endif
