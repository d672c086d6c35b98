/*
 * shim/pool.c: a list of free blocks whose head is one word with a count. Threads take and give blocks at once; a block
 * that came back meanwhile must be noticed. One step for each atomic operation.
 */

#define THREADS 2
#define BLOCKS 3
#define ROUNDS 2 /* of taking and giving, for each thread */

byte head = 1;
byte count; /* pushes and pops, the head's upper half */
byte spare[BLOCKS + 1]; /* next in the list; the owner's while the block is taken */
bool taken[BLOCKS + 1];

inline compare_and_swap(index)
{
	d_step {
#ifdef WITHOUT_COUNT
		swapped = head == old;
#else
		swapped = head == old && count == old_count;
#endif
		if
		:: swapped -> head = index; count++
		:: else
		fi
	}
}

inline pool_take(block)
{
	do
	:: d_step { old = head; old_count = count }
		if
		:: old == 0 -> block = 0; break
		:: else
		fi;
		next = spare[old];
		compare_and_swap(next);
		if
		:: swapped -> block = old; break
		:: else
		fi
	od
}

inline pool_give(block)
{
	atomic { old = head; old_count = count }
	do
	:: spare[block] = old;
		compare_and_swap(block);
		if
		:: swapped -> break
		:: else -> d_step { old = head; old_count = count }
		fi
	od
}

proctype thread(byte me)
{
	byte block, other, old, old_count, next, rounds = ROUNDS;
	bool swapped;

	do
	:: rounds > 0 ->
		rounds--;
		pool_take(block);
		if
		:: block ->
			atomic { assert(!taken[block]); taken[block] = true }
			spare[block] = 200 + me; /* the stream's identity */
			pool_take(other);
			if
			:: other -> atomic { assert(!taken[other]); taken[other] = true }; spare[other] = 200 + me
			:: else
			fi;
			assert(spare[block] == 200 + me);
			taken[block] = false;
			pool_give(block);
			if
			:: other -> taken[other] = false; pool_give(other)
			:: else
			fi
		:: else
		fi;
		atomic { block = 0; other = 0; old = 0; old_count = 0; next = 0; swapped = false }
	:: else -> break
	od
}

init
{
	byte i;

	atomic {
		for (i : 1 .. BLOCKS) {
			spare[i] = (i < BLOCKS -> i + 1 : 0)
		}
		for (i : 1 .. THREADS) {
			run thread(i)
		}
	}
}
