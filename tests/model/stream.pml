/*
 * The life of a stream between threads: taken, settled, let go, stolen from an owner that is gone, closed and
 * used again, its number and its block alike. Follows shim/ step by step: an inline has the name of the C
 * function that it models, and whatever C does with one atomic operation or one system call is one step here.
 *
 * Left out, because it is not about threads: framings (a message is a write of SIZE units, as under `call`),
 * audit, strict, deadlines, desync, fork. The pool has a model of its own, pool.pml.
 *
 * Threads choose freely, within the bounds that a scenario of test_stream.py gives; each of its mutants takes one
 * safeguard out.
 */

#define SIZE 2 /* units of a message: one can be cut in the middle */

/* Bounds. */
#ifndef THREADS
#define THREADS 2
#endif
#ifndef WRITES
#define WRITES 2 /* of each thread */
#endif
#ifndef FDS
#define FDS 1
#endif
#ifndef CLOSES
#define CLOSES 0 /* of all threads together, as are the following */
#endif
#ifndef UNSEEN_CLOSES
#define UNSEEN_CLOSES 0
#endif
#ifndef CREATIONS
#define CREATIONS 0
#endif
#ifndef CANCELLATIONS
#define CANCELLATIONS 0 /* calls that do not return: the thread cleans up and ends */
#endif
#ifndef DEATHS
#define DEATHS 0 /* calls that do not return: the thread ends without any cleanup */
#endif
#ifndef JUMPS
#define JUMPS 0 /* calls that do not return: the thread goes on elsewhere */
#endif
#ifndef EARLY_JUMPS
#define EARLY_JUMPS 0 /* the same, before the call has taken its stream */
#endif
#ifndef HANDLERS
#define HANDLERS 0 /* signals, in the middle of a call, whose handler closes or makes a thread */
#endif
#ifndef IMPATIENCE
#define IMPATIENCE 0 /* waits that are given up: non-blocking, timed out, interrupted */
#endif

#ifdef DUPLICATED /* all numbers mean the first connection */
#define AT_START 1
#else
#define AT_START FDS
#endif
#define CONNECTIONS (AT_START + CREATIONS)
#define BLOCKS (CONNECTIONS + THREADS)

/* What an fd's slot holds, besides a stream's number. */
#define UNKNOWN 0
#define BORN 63

/* The owner word. */
#define OWNER 15
#define WAITERS 64
#define CLOSED 128

/* The fd of an entry in a thread's list. */
#define FREE 255
#define WAITING 254

mtype = { UNCUT, TORN, POISONED };
mtype = { CALL_GO, CALL_RAW, CALL_REFUSED, CALL_STALE, CALL_LEFT };
mtype = { ACQUIRED, BUSY, OWNER_GONE, STALE };
mtype = { RETURNED, CANCELLED, JUMPED, DIED };

/* The kernel: what a number means, and what arrived at each connection's peer. */
byte kernel_fd[FDS];
byte connection_message[CONNECTIONS + 1];
byte connection_units[CONNECTIONS + 1]; /* of it; 0: at a boundary */
byte connections;

/* What must hold is said with these; no thread of the program looks at them. */
bool connection_lost[CONNECTIONS + 1];     /* a call to it did not return */
bool connection_poisoned[CONNECTIONS + 1];
bool connection_astray[CONNECTIONS + 1];   /* hit by a call that began when the number meant another one, or missed
                                              by it: the program's own fault, with or without a guard */
#ifdef UNCLASSIFIED
byte about_to_write[THREADS + 1];          /* the number, plus one, of a call that is not in the kernel yet: what is
                                              born under it now may be hit */
#endif
byte inside[BLOCKS + 1];                   /* threads in the kernel on behalf of a stream */
bool given[BLOCKS + 1];                    /* blocks that the pool has */

/* The program: which numbers it believes to be open. */
bool open[FDS];

/* The guard. */
byte slot[FDS];
byte owner[BLOCKS + 1];
byte fds[BLOCKS + 1];
byte identity[BLOCKS + 1];
mtype state[BLOCKS + 1];
byte tail_message[BLOCKS + 1];
byte tail_offset[BLOCKS + 1];

byte entry_stream[THREADS + 1];
byte entry_fd[THREADS + 1];
bool alive[THREADS + 1];
byte asleep[THREADS + 1]; /* on the futex of which stream */
bool alone;               /* __libc_single_threaded */

byte closes = CLOSES, unseen_closes = UNSEEN_CLOSES, creations = CREATIONS, cancellations = CANCELLATIONS,
     deaths = DEATHS, jumps = JUMPS, early_jumps = EARLY_JUMPS, handlers = HANDLERS, impatience = IMPATIENCE;

bool blocked; /* the interrupted call is in the kernel: only there do handlers make threads, which POSIX frowns upon */

chan signal = [0] of { byte };
chan handled = [0] of { byte };

/* ---- pool.c ---- */

inline pool_take(block)
{
	d_step {
		block = 1;
		do
		:: !given[block] -> block++
		:: else -> break
		od;
		given[block] = false
	}
}

inline pool_give(block)
{
	d_step {
		assert(!given[block]);
		assert(inside[block] == 0);
		given[block] = true;
		identity[block] = 0 /* the link's spare word is the pool's now */
	}
}

/* ---- stream.c ---- */

inline stream_create(stream, object)
{
	pool_take(stream);
	d_step {
		identity[stream] = object;
		state[stream] = UNCUT;
		tail_message[stream] = 0;
		tail_offset[stream] = 0;
		fds[stream] = 1
	}
}

inline stream_wake(stream)
{
	d_step {
		i = 1;
		do
		:: i <= THREADS ->
			if
			:: asleep[i] == stream -> asleep[i] = 0
			:: else
			fi;
			i++
		:: else -> break
		od;
		i = 0
	}
}

/* Whoever releases owns it, or nobody does. */
inline stream_release(stream)
{
	d_step {
		word = owner[stream];
		assert((word & OWNER) == me || (word & OWNER) == 0);
		owner[stream] = 0
	}
	if
#ifndef WITHOUT_WAKE
	:: word & WAITERS -> stream_wake(stream)
#endif
	:: else
	fi;
	if
	:: word & CLOSED -> pool_give(stream)
	:: else
	fi;
	word = 0
}

inline stream_let_go(stream)
{
	if
	:: owner[stream] == 0 /* single-threaded */
	:: else ->
		if
		:: d_step { owner[stream] == me -> owner[stream] = 0 }
#ifdef WITHOUT_RELEASE
		:: else
#else
		:: else -> stream_release(stream)
#endif
		fi
	fi
}

/* thread.c: the owners that single-threaded calls do not leave. */
inline thread_publish(stream)
{
#ifdef WITHOUT_PUBLISH
	skip
#else
	if
#ifdef PUBLISH_ALL
	:: d_step { entry_fd[me] < WAITING && owner[entry_stream[me]] == 0 -> owner[entry_stream[me]] = me }
#else
	:: d_step { alone && entry_fd[me] < WAITING && (stream == 0 || stream == entry_stream[me]) &&
		    owner[entry_stream[me]] == 0 -> owner[entry_stream[me]] = me }
#endif
	:: else
	fi
#endif
}

inline stream_drop(stream)
{
	d_step {
		assert(fds[stream] > 0);
		fds[stream]--;
		last = fds[stream] == 0
	}
	if
	:: last ->
		last = false;
		thread_publish(stream);
		d_step { word = owner[stream]; owner[stream] = word | CLOSED }
		if
#ifdef FREE_WHILE_OWNED
		:: true -> word = 0; stream_release(stream)
#else
		:: !(word & OWNER) -> word = 0; stream_release(stream)
		:: else -> word = 0
#endif
		fi
	:: else
	fi
}

inline stream_poison(stream)
{
	d_step {
		object = identity[stream];
		assert(connection_astray[object] || connection_lost[object] || connection_units[object] > 0);
		connection_poisoned[object] = true;
		state[stream] = POISONED;
		tail_message[stream] = 0;
		tail_offset[stream] = 0;
		object = 0
	}
}

/* ---- fdtable.c ---- */

inline replace(number, value)
{
	d_step { old = slot[number]; slot[number] = value }
	if
	:: old != UNKNOWN && old != BORN -> stream_drop(old)
	:: else
	fi;
	old = 0
}

/* Leaves its answer in `same`. */
inline fdtable_verify(number, stream)
{
	same = slot[number] == stream;
	if
	:: same -> same = kernel_fd[number] == identity[stream]
	:: else
	fi;
#ifdef WITHOUT_VERIFY
	same = true;
#endif
	if
	:: !same ->
		if
		:: d_step { slot[number] == stream -> slot[number] = UNKNOWN } -> stream_drop(stream)
		:: else
		fi
	:: else
	fi
}

/* Leaves the stream, or 0, in `stream`. */
inline fdtable_classify(number, stream)
{
	do
	:: d_step { seen = slot[number]; stream = 0; same = true };
		if
		:: seen != UNKNOWN && seen != BORN -> stream = seen
		:: else ->
			object = kernel_fd[number];
			if
			:: object == 0
			:: else ->
				stream_create(made, object);
				settle_slot(number, stream)
			fi
		fi;
		if
		:: same -> break
		:: else
		fi
	od;
	atomic { seen = 0; object = 0; same = false }
}

/* Leaves false in `same` if somebody was faster: look again. */
inline settle_slot(number, stream)
{
	if
	:: d_step { slot[number] == seen -> slot[number] = made } ->
		stream = made;
		made = 0
	:: else ->
		stream_drop(made);
		made = 0;
#ifdef GIVE_UP_AFTER_RACE
		seen = slot[number];
		if
		:: seen != UNKNOWN && seen != BORN -> stream = seen
		:: else
		fi
#else
		same = false
#endif
	fi
}

inline stream_share(stream)
{
	d_step {
		same = fds[stream] > 0;
		if
		:: same -> fds[stream]++
		:: else
		fi
	}
}

/* The slot is kept until the number is free: a write that is faster than the close must find the stream. And the
 * stream is held, so that its block does not come back under the same number in between. */
inline fdtable_closing(number)
{
	held = slot[number];
	if
	:: held != UNKNOWN && held != BORN ->
		stream_share(held);
		if
		:: same
		:: else -> held = UNKNOWN
		fi;
		same = false
	:: else
	fi
}

inline fdtable_closed(number)
{
	if
	:: held == UNKNOWN
	:: else ->
		if
		:: d_step { slot[number] == held -> slot[number] = UNKNOWN } ->
			if
			:: held != BORN -> stream_drop(held)
			:: else
			fi
		:: else
		fi;
		if
		:: held != BORN -> stream_drop(held)
		:: else
		fi
	fi;
	held = 0
}

inline close_seen(number)
{
#ifdef CLOSE_FORGETS_FIRST
	if
	:: slot[number] != UNKNOWN -> replace(number, UNKNOWN)
	:: else
	fi;
	kernel_fd[number] = 0
#else
	fdtable_closing(number);
	kernel_fd[number] = 0;
	fdtable_closed(number)
#endif
}

/* socket() leaves BORN, accept() from a listener that was never written to leaves UNKNOWN. */
inline occupy(number)
{
	d_step {
		connections++;
		kernel_fd[number] = connections;
#ifdef UNCLASSIFIED
		i = 1;
		do
		:: i <= THREADS ->
			if
			:: about_to_write[i] == number + 1 -> connection_astray[connections] = true
			:: else
			fi;
			i++
		:: else -> break
		od;
		i = 0
#endif
	}
}

inline create(number)
{
#ifndef UNSEEN_CREATION
	if
	:: tag = BORN
	:: tag = UNKNOWN
	fi;
#ifndef WITHOUT_CREATE
	if
	:: slot[number] != tag -> replace(number, tag)
	:: else
	fi;
#endif
	tag = 0;
#endif
	open[number] = true
}

/* ---- signals: a handler in the middle of a call ---- */

inline interrupted(in_kernel)
{
#if HANDLERS
	if
	:: atomic { handlers > 0 -> handlers--; blocked = in_kernel; signal!me }; handled?eval(me)
	:: true
	fi
#else
	skip
#endif
}

/* ---- the kernel's write ---- */

/* Units offset.. of message, to whatever the number means at entry. Leaves how it ended in `how`. */
inline kernel_write(number, stream)
{
	d_step {
		where = kernel_fd[number];
		begun();
		how = RETURNED;
		sent = 0;
		inside[stream]++;
		if
		:: where && where != meant -> connection_astray[where] = true; connection_astray[meant] = true
		:: else
		fi
	}
	if
	:: where == 0
	:: else ->
		do
		:: d_step { offset + sent < SIZE ->
			if
			:: !connection_astray[where] ->
				assert(stream);
				assert(!connection_poisoned[where]);
				assert(!connection_lost[where]);
				if
				:: connection_units[where] == 0 -> assert(offset + sent == 0)
				:: else ->
					assert(connection_message[where] == message);
					assert(connection_units[where] == offset + sent)
				fi
			:: else
			fi;
			sent++;
			connection_message[where] = message;
			connection_units[where] = offset + sent;
			if
			:: connection_units[where] == SIZE ->
				connection_units[where] = 0;
				connection_message[where] = 0
			:: else
			fi
		   }
		:: break
		od;
		interrupted(true);
		if
		:: true
#if CANCELLATIONS
		:: d_step { cancellations > 0 -> cancellations--; how = CANCELLED; connection_lost[where] = true }
#endif
#if DEATHS
		:: d_step { deaths > 0 -> deaths--; how = DIED; connection_lost[where] = true }
#endif
#if JUMPS
		:: d_step { jumps > 0 && stream -> jumps--; how = JUMPED; connection_lost[where] = true }
#endif
		fi
	fi;
	d_step { inside[stream]--; where = 0 }
}

/* ---- stream_wait.c ---- */

/* What is done with the result is the program's own affair. */
inline wait_for_owner(stream)
{
	gave_up = false;
	if
	:: word & WAITERS
	:: else ->
		if
		:: d_step { owner[stream] == word -> owner[stream] = word | WAITERS; word = word | WAITERS }
		:: else -> word = 0
		fi
	fi;
	if
	:: word == 0
	:: else ->
		/* FUTEX_WAIT compares and sleeps in one go. */
		d_step {
			if
			:: owner[stream] == word -> asleep[me] = stream
			:: else
			fi
		}
		if
		:: asleep[me] == 0
#if IMPATIENCE
		:: d_step { impatience > 0 && asleep[me] -> impatience--; asleep[me] = 0; gave_up = true }
#endif
		fi
	fi;
	word = 0
}

inline look(stream)
{
	acquired = BUSY;
#ifndef WITHOUT_STEAL
	if
	:: !alive[word & OWNER] || (word & OWNER) == me ->
		if
		:: d_step { owner[stream] == word -> owner[stream] = (word & (WAITERS | CLOSED)) | me } ->
			acquired = OWNER_GONE
		:: else
		fi
	:: else
	fi
#endif
}

inline is_still_meant(stream, number)
{
#ifdef WITHOUT_RECHECK
	same = true
#else
	same = slot[number] == stream;
#ifndef WITHOUT_IDENTITY
	if
	:: same -> same = identity[stream] == recognised
	:: else
	fi
#endif
#endif
}

/* Leaves its answer in `acquired`. */
inline stream_acquire(stream, number)
{
	recognised = identity[stream];
	waited = false;
	do
	:: true ->
		d_step {
			word = owner[stream];
			acquired = (word == 0 -> ACQUIRED : BUSY);
			if
			:: word == 0 -> owner[stream] = me
			:: else
			fi
		}
		is_still_meant(stream, number);
		if
		:: !same ->
			if
			:: acquired == ACQUIRED -> stream_release(stream)
			:: else
			fi;
			if
			:: waited ->
				/* EBADF, as if the call had been in the kernel when the number was closed */
				assert(kernel_fd[number] != meant || connection_astray[meant]);
				acquired = BUSY
			:: else -> acquired = STALE
			fi;
			break
		:: same && acquired == ACQUIRED ->
			/* Who waited does not write to what came after. */
			assert(!waited || identity[stream] == recognised);
			break
		:: same && acquired != ACQUIRED && !(word & OWNER) /* being freed */
		:: else ->
			look(stream);
			if
			:: acquired == OWNER_GONE -> break
			:: else
			fi;
			waited = true;
			begun();
			wait_for_owner(stream);
			if
			:: gave_up -> gave_up = false; break
			:: else
			fi
		fi
	od;
	atomic { recognised = 0; waited = false; word = 0; same = false }
}

/* ---- stream_settle.c ---- */

/* By what the kernel accepted; the owner's alone. */
inline stream_settle(stream)
{
	d_step {
		if
		:: state[stream] == POISONED
		:: state[stream] != POISONED && offset + sent > 0 && offset + sent < SIZE ->
			state[stream] = TORN;
			tail_message[stream] = message;
			tail_offset[stream] = offset + sent
		:: else ->
			state[stream] = UNCUT;
			tail_message[stream] = 0;
			tail_offset[stream] = 0
		fi
	}
}

/* ---- stream.c again: a call of this thread will never return ---- */

inline is_mine(stream)
{
	d_step {
		word = owner[stream];
#ifdef NOBODYS_IS_MINE
		same = (word & OWNER) == 0 || (word & OWNER) == me;
#else
		same = ((word & OWNER) == 0 && alone) || (word & OWNER) == me;
#endif
		word = 0
	}
}

inline stream_abandon(stream, number)
{
	is_mine(stream);
	if
	:: same ->
		if
		:: state[stream] != POISONED ->
			fdtable_verify(number, stream);
			stream_poison(stream)
		:: else
		fi;
		stream_let_go(stream)
	:: else
	fi;
	same = false
}

/* thread.c: thread_drop_jumped() and thread_ends() find what was left, thread_depth() of it here at most one. */
inline abandon_from()
{
	if
	:: entry_fd[me] < WAITING -> stream_abandon(entry_stream[me], entry_fd[me])
	:: else
	fi;
	thread_pop()
}

inline thread_push(stream, number)
{
	d_step { entry_stream[me] = stream; entry_fd[me] = number }
}

inline thread_pop()
{
	d_step { entry_stream[me] = 0; entry_fd[me] = FREE }
}

/* ---- stream_clean.h ---- */

/* Leaves its answer in `clean`. */
inline stream_enter_clean(stream, number)
{
	clean = false;
	if
	:: entry_fd[me] != FREE /* a call was left by a jump */
	:: else ->
		thread_push(stream, number);
		interrupted(false);
		if
#if EARLY_JUMPS
		:: d_step { early_jumps > 0 -> early_jumps--; gate = CALL_LEFT }
#endif
		:: alone ->
			clean = owner[stream] == 0 && state[stream] == UNCUT
		:: else ->
			if
			:: d_step { owner[stream] == 0 -> owner[stream] = me } ->
#ifdef WITHOUT_RECHECK
				clean = state[stream] == UNCUT;
#else
				clean = slot[number] == stream && state[stream] == UNCUT;
#endif
				if
				:: clean
				:: else -> stream_release(stream)
				fi
			:: else
			fi
		fi;
		if
		:: clean || gate == CALL_LEFT
		:: else -> thread_pop()
		fi
	fi
}

/* ---- stream_enter.c ---- */

/* Leaves its answer in `gate`; the stream is ours. */
inline pass(stream, number)
{
	if
	:: acquired != OWNER_GONE && state[stream] != POISONED &&
	   (state[stream] != TORN || (tail_message[stream] == message && tail_offset[stream] == offset)) ->
		gate = CALL_GO
	:: else ->
		object = kernel_fd[number]; /* what is refused, if it is */
		fdtable_verify(number, stream);
		if
		:: !same ->
			/* Its other numbers still mean it. */
#ifndef STALE_FORGETS
			if
			:: acquired == OWNER_GONE && state[stream] != POISONED -> stream_poison(stream)
			:: else
			fi;
#endif
			gate = CALL_STALE
		:: else ->
			if
#ifndef STEAL_WITHOUT_POISON
			:: state[stream] != POISONED -> refused = object; stream_poison(stream); object = refused; refused = 0
#else
			:: state[stream] != POISONED && acquired != OWNER_GONE ->
				refused = object; stream_poison(stream); object = refused; refused = 0
#endif
			:: else
			fi;
			gate = CALL_REFUSED;
#ifdef STEAL_WITHOUT_POISON
			if
			:: state[stream] != POISONED -> gate = CALL_GO
			:: else
			fi;
#endif
			assert(gate == CALL_GO || object == 0 || connection_poisoned[object])
		fi;
		d_step { object = 0; same = false }
	fi
}

inline take_turn(stream, number)
{
	stream_acquire(stream, number);
	if
	:: acquired == BUSY -> gate = CALL_REFUSED
	:: acquired == STALE -> gate = CALL_STALE
	:: else ->
		pass(stream, number);
		if
		:: gate != CALL_GO -> stream_release(stream)
		:: else
		fi
	fi;
	acquired = 0
}

/* Leaves its answer in `gate`, and the stream that the call is armed on in `stream`. */
inline stream_enter(stream, number)
{
	if
	:: entry_fd[me] != FREE -> abandon_from()
	:: else
	fi;
	gate = CALL_STALE;
	do
	:: stream && gate == CALL_STALE ->
		thread_push(stream, WAITING);
		take_turn(stream, number);
		if
		:: gate == CALL_GO -> entry_fd[me] = number
		:: else ->
			thread_pop();
			if
			:: gate == CALL_STALE -> fdtable_classify(number, stream)
			:: else
			fi
		fi
	:: else -> break
	od;
	if
	:: gate == CALL_STALE -> gate = CALL_RAW
	:: else
	fi
}

/* ---- hooks/hook.h: HOOK_WRITE ---- */

inline write(number)
{
	clean = false;
	gate = CALL_GO;
	current = slot[number];
	if
	:: current != UNKNOWN && current != BORN -> stream_enter_clean(current, number)
	:: else -> fdtable_classify(number, current)
	fi;
	if
	:: !clean && current && gate != CALL_LEFT -> stream_enter(current, number)
	:: else
	fi;
	if
	:: gate == CALL_REFUSED || gate == CALL_LEFT -> atomic { begun(); how = RETURNED; sent = 0 }
	:: else ->
		if
		:: gate == CALL_RAW -> current = 0
		:: else
		fi;
		kernel_write(number, current);
		if
		:: how == RETURNED && current ->
			stream_settle(current);
			stream_let_go(current);
			interrupted(false);
			thread_pop()
		:: else
		fi
	fi
}

/* ---- the program ---- */

inline begin(number)
{
#ifdef UNCLASSIFIED
	about_to_write[me] = number + 1
#else
	skip
#endif
}

inline begun()
{
#ifdef UNCLASSIFIED
	about_to_write[me] = 0
#else
	skip
#endif
}

/* After a cut message a thread goes on with it, or gives it up for the next one. */
inline choose_message()
{
	if
	:: offset > 0 && cut_on == meant
	:: true -> d_step { message++; offset = 0; cut_on = 0 }
	fi
}

inline note_result()
{
	d_step {
		if
		:: gate == CALL_REFUSED || gate == CALL_LEFT
		:: else -> offset = (offset + sent < SIZE -> offset + sent : 0)
		fi;
		cut_on = (offset -> meant : 0);
		sent = 0;
		meant = 0;
		current = 0;
		clean = false;
		gate = 0
	}
}

inline choose_number(number)
{
	number = 0;
	do
	:: number < FDS - 1 -> number++
	:: break
	od
}

inline close_some()
{
	choose_number(number);
	if
	:: atomic { closes > 0 && open[number] -> closes--; open[number] = false }; close_seen(number)
	:: else
	fi;
	number = 0
}

inline pthread_create()
{
	if
	:: alone ->
		thread_publish(0);
		alone = false;
		run thread(2)
	:: else
	fi
}

#define THREAD_LOCALS \
	byte i, word, object, old, held, refused, number; \
	bool last, same

proctype thread(byte me)
{
	THREAD_LOCALS;
	byte made, seen, current, meant, cut_on, where, sent, offset, tag, recognised, writes = WRITES;
	byte message = me * 16;
	bool clean, waited, gave_up;
	mtype how, gate, acquired;

	do
	:: how == RETURNED || how == JUMPED || how == 0 ->
		if
		:: writes > 0 ->
			writes--;
			choose_number(number);
			if
			:: atomic { open[number] -> meant = kernel_fd[number]; begin(number) };
				choose_message();
				write(number);
				note_result()
			:: else
			fi;
			number = 0
#if CLOSES
		:: closes > 0 -> close_some()
#endif
#if UNSEEN_CLOSES
		:: unseen_closes > 0 ->
			choose_number(number);
			if
			:: d_step { unseen_closes > 0 && open[number] ->
				unseen_closes--;
				open[number] = false;
				kernel_fd[number] = 0
			   }
			:: else
			fi;
			number = 0
#endif
#if CREATIONS
		:: creations > 0 ->
			choose_number(number);
			if
			:: atomic { creations > 0 && !open[number] && kernel_fd[number] == 0 -> creations--; occupy(number) };
			   create(number)
			:: else
			fi;
			number = 0
#endif
#ifdef ALONE
		:: alone -> pthread_create()
#endif
		:: true -> break
		fi
	:: else -> break
	od;
	if
	:: how != DIED && entry_fd[me] != FREE -> abandon_from() /* thread_ends() */
	:: else
	fi;
	alive[me] = false
}

#if HANDLERS
proctype handler()
{
	THREAD_LOCALS;
	byte me;

end:	do
	:: signal?me ->
		if
#if CLOSES
		:: closes > 0 -> close_some()
#endif
#ifdef ALONE
		:: alone && blocked -> pthread_create()
#endif
		:: true
		fi;
		handled!me;
		me = 0
	od
}
#endif

init
{
	byte i;

	atomic {
		for (i : 1 .. BLOCKS) {
			given[i] = true
		}
		connections = AT_START;
		for (i : 0 .. FDS - 1) {
			open[i] = true;
#ifdef DUPLICATED
			kernel_fd[i] = 1;
#else
			kernel_fd[i] = i + 1;
#endif
#ifdef UNCLASSIFIED
			slot[i] = BORN
#else
			slot[i] = kernel_fd[i];
			given[slot[i]] = false;
			identity[slot[i]] = kernel_fd[i];
			state[slot[i]] = UNCUT;
			fds[slot[i]]++
#endif
		}
		for (i : 1 .. THREADS) {
			entry_fd[i] = FREE;
			alive[i] = true
		}
#if HANDLERS
		run handler();
#endif
#ifdef ALONE
		alone = true;
		run thread(1)
#else
		for (i : 1 .. THREADS) {
			run thread(i)
		}
#endif
		i = 0
	}
}
