#ifndef POISONSHIM_POOL_H
#define POISONSHIM_POOL_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define POOL_CHUNKS_MAX 8192

/* Address space in bytes, and aligned so: the kernel can make it one huge page (x86-64; elsewhere it is just
 * a size). It takes memory as it is carved. */
#define POOL_SLAB ((size_t)1 << 21)

/* Every block begins with, or holds somewhere, one of these. */
struct pool_link {
	uint32_t index;		/* from 1; the pool's */
	_Atomic uint32_t spare; /* next in the free list (0: none); the owner's while the block is taken */
};

/* Blocks of one size, from mmap, lock-free and async-signal-safe. Memory is never given back, so that a
 * pointer to a freed block may still be read: it is some block of the same kind, and but for the link its
 * owner finds it as he left it. */
struct pool {
	size_t size;	   /* bytes of a block; a multiple of 8 */
	size_t link;	   /* where in it the link is */
	uint32_t blocks;   /* per chunk */
	size_t chunk_size; /* bytes; 0: each chunk is mapped for itself, else they are carved from slabs */
	bool shadowed;	   /* behind each slab there are POOL_SLAB bytes more, for another use */
	void (*grown)(uint32_t chunk); /* if not NULL: told of a new chunk */
	_Alignas(8) _Atomic uint64_t free;
	_Atomic(char *) carved; /* the end of the newest chunk that came from a slab */
	_Atomic uint32_t chunks;
	_Atomic(char *) chunk[POOL_CHUNKS_MAX];
};

/* NULL if the kernel gives no memory. A block's first use finds it zeroed. */
void *pool_take(struct pool *pool);
void pool_give(struct pool *pool, void *block);

#endif
