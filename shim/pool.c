#include "pool.h"

#include <errno.h>
#include <stdbool.h>
#include <sys/mman.h>

struct header {
	uint32_t index;	       /* from 1 */
	_Atomic uint32_t next; /* in the free list; 0: none */
};

static size_t stride(const struct pool *pool)
{
	return sizeof(struct header) + pool->size;
}

static struct header *header_of(const struct pool *pool, uint32_t index)
{
	uint32_t chunk = (index - 1) / pool->blocks, block = (index - 1) % pool->blocks;

	return (struct header *)(void *)(atomic_load(&pool->chunk[chunk]) + block * stride(pool));
}

/* The upper half counts pushes and pops, so that a block that came back meanwhile is noticed. */
static uint64_t tagged(uint64_t old, uint32_t index)
{
	return ((old >> 32) + 1) << 32 | index;
}

static void push(struct pool *pool, struct header *header)
{
	uint64_t old = atomic_load(&pool->free);

	do
		atomic_store(&header->next, (uint32_t)old);
	while (!atomic_compare_exchange_weak(&pool->free, &old, tagged(old, header->index)));
}

static struct header *pop(struct pool *pool)
{
	uint64_t old = atomic_load(&pool->free);

	while ((uint32_t)old) {
		struct header *header = header_of(pool, (uint32_t)old);

		if (atomic_compare_exchange_weak(&pool->free, &old, tagged(old, atomic_load(&header->next))))
			return header;
	}
	return NULL;
}

static bool grow(struct pool *pool)
{
	int saved = errno;
	char *memory = mmap(NULL, pool->blocks * stride(pool), PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	errno = saved;
	if (memory == MAP_FAILED)
		return false;
	uint32_t chunk = atomic_fetch_add(&pool->chunks, 1);
	if (chunk >= POOL_CHUNKS_MAX) {
		atomic_fetch_sub(&pool->chunks, 1);
		munmap(memory, pool->blocks * stride(pool));
		errno = saved;
		return false;
	}
	atomic_store(&pool->chunk[chunk], memory);
	for (uint32_t i = pool->blocks; i > 0; i--) {
		struct header *header = (struct header *)(void *)(memory + (i - 1) * stride(pool));

		header->index = chunk * pool->blocks + i;
		push(pool, header);
	}
	return true;
}

void *pool_take(struct pool *pool)
{
	struct header *header = pop(pool);

	while (!header && grow(pool))
		header = pop(pool);
	return header ? header + 1 : NULL;
}

void pool_give(struct pool *pool, void *block)
{
	push(pool, (struct header *)block - 1);
}
