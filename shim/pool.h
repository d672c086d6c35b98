#ifndef POISONSHIM_POOL_H
#define POISONSHIM_POOL_H

#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

#define POOL_CHUNKS_MAX 8192

/* Every block begins with, or holds somewhere, one of these. */
struct pool_link {
	uint32_t index;		/* from 1; the pool's */
	_Atomic uint32_t spare; /* next in the free list (0: none); the owner's while the block is taken */
};

/* Blocks of one size, from mmap, lock-free and async-signal-safe. Memory is never given back, so that a
 * pointer to a freed block may still be read: it is some block of the same kind, and but for the link its
 * owner finds it as he left it. */
struct pool {
	size_t size;	 /* bytes of a block; a multiple of 8 */
	size_t link;	 /* where in it the link is */
	uint32_t blocks; /* per chunk */
	size_t shadow; /* if not 0: a chunk has that many bytes, and as many behind them that are no blocks */
	void (*grown)(uint32_t chunk); /* if not NULL: told of a new chunk */
	_Alignas(8) _Atomic uint64_t free;
	_Atomic uint32_t chunks;
	_Atomic(char *) chunk[POOL_CHUNKS_MAX];
};

/* NULL if the kernel gives no memory. A block's first use finds it zeroed. */
void *pool_take(struct pool *pool);
void pool_give(struct pool *pool, void *block);

#endif
