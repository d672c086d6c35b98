#include "pool.h"

#include <errno.h>
#include <stdbool.h>
#include <sys/mman.h>

static struct pool_link *link_of(const struct pool *pool, void *block)
{
	return (struct pool_link *)(void *)((char *)block + pool->link);
}

static void *block_of(const struct pool *pool, uint32_t index)
{
	uint32_t chunk = (index - 1) / pool->blocks, block = (index - 1) % pool->blocks;

	return atomic_load(&pool->chunk[chunk]) + block * pool->size;
}

/* The upper half counts pushes and pops, so that a block that came back meanwhile is noticed. */
static uint64_t tagged(uint64_t old, uint32_t index)
{
	return ((old >> 32) + 1) << 32 | index;
}

void pool_give(struct pool *pool, void *block)
{
	struct pool_link *link = link_of(pool, block);
	uint64_t old = atomic_load(&pool->free);

	do
		atomic_store(&link->spare, (uint32_t)old);
	while (!atomic_compare_exchange_weak(&pool->free, &old, tagged(old, link->index)));
}

static void *pop(struct pool *pool)
{
	uint64_t old = atomic_load(&pool->free);

	while ((uint32_t)old) {
		void *block = block_of(pool, (uint32_t)old);
		uint32_t next = atomic_load(&link_of(pool, block)->spare);

		if (atomic_compare_exchange_weak(&pool->free, &old, tagged(old, next)))
			return block;
	}
	return NULL;
}

static bool grow(struct pool *pool)
{
	int saved = errno;
	size_t size = pool->shadow ? 2 * pool->shadow : pool->blocks * pool->size;
	char *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	errno = saved;
	if (memory == MAP_FAILED)
		return false;
	uint32_t chunk = atomic_fetch_add(&pool->chunks, 1);
	if (chunk >= POOL_CHUNKS_MAX) {
		atomic_fetch_sub(&pool->chunks, 1);
		munmap(memory, size);
		errno = saved;
		return false;
	}
	atomic_store(&pool->chunk[chunk], memory);
	if (pool->grown)
		pool->grown(chunk);
	for (uint32_t i = pool->blocks; i > 0; i--) {
		char *block = memory + (i - 1) * pool->size;

		link_of(pool, block)->index = chunk * pool->blocks + i;
		pool_give(pool, block);
	}
	return true;
}

void *pool_take(struct pool *pool)
{
	void *block = pop(pool);

	while (!block && grow(pool))
		block = pop(pool);
	return block;
}
