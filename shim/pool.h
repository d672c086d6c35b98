#ifndef POISONSHIM_POOL_H
#define POISONSHIM_POOL_H

#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

#define POOL_CHUNKS_MAX 4096

/* Blocks of one size, from mmap, lock-free and async-signal-safe. Memory is never given back, so that a
 * pointer to a freed block may still be read: it is some block of the same kind. A block is 8 bytes of header
 * and `size` bytes for the owner, who finds them as he left them. */
struct pool {
	size_t size;	 /* bytes for the owner; a multiple of 8 */
	uint32_t blocks; /* per chunk */
	_Atomic uint64_t free;
	_Atomic uint32_t chunks;
	_Atomic(char *) chunk[POOL_CHUNKS_MAX];
};

/* NULL if the kernel gives no memory. A block's first use finds it zeroed. */
void *pool_take(struct pool *pool);
void pool_give(struct pool *pool, void *block);

#endif
