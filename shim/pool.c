#include "pool.h"

#include <errno.h>
#include <stdint.h>
#include <sys/mman.h>

#ifndef MADV_COLLAPSE
#define MADV_COLLAPSE 25 /* Linux 6.1 */
#endif

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

static char *map(size_t size)
{
	char *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	return memory == MAP_FAILED ? NULL : memory;
}

static size_t place_in_slab(const char *memory)
{
	return (uintptr_t)memory & (POOL_SLAB - 1);
}

static size_t mapped_per_slab(const struct pool *pool)
{
	return pool->shadowed ? 2 * POOL_SLAB : POOL_SLAB;
}

/* Where the kernel makes huge pages unasked, the first block would take a whole one. */
static char *map_slab(const struct pool *pool)
{
	size_t size = mapped_per_slab(pool);
	char *memory = map(size + POOL_SLAB);
	size_t before = (POOL_SLAB - place_in_slab(memory)) % POOL_SLAB;

	if (!memory)
		return NULL;
	if (before)
		munmap(memory, before);
	munmap(memory + before + size, POOL_SLAB - before);
	madvise(memory + before, size, MADV_NOHUGEPAGE);
	return memory + before;
}

/* All of it is in use: as one huge page it takes no more memory, is found sooner by its address, and a fork
 * has no page tables to copy for it. A kernel that cannot do it now or has none leaves it as it is. */
static void make_huge(char *slab)
{
	if (madvise(slab, POOL_SLAB, MADV_HUGEPAGE) == 0)
		madvise(slab, POOL_SLAB, MADV_COLLAPSE);
}

/* NULL: there is no room behind what was carved last. */
static char *carve(struct pool *pool, char **end)
{
	*end = atomic_load(&pool->carved);
	while (place_in_slab(*end) && POOL_SLAB - place_in_slab(*end) >= pool->chunk_size)
		if (atomic_compare_exchange_weak(&pool->carved, end, *end + pool->chunk_size))
			return *end;
	return NULL;
}

static char *carve_from_new(struct pool *pool, char *end)
{
	char *slab = map_slab(pool);

	if (!slab)
		return NULL;
	if (!atomic_compare_exchange_strong(&pool->carved, &end, slab + pool->chunk_size)) {
		munmap(slab, mapped_per_slab(pool));
		return carve(pool, &end);
	}
	if (end)
		make_huge(end - 1 - place_in_slab(end - 1));
	return slab;
}

static char *new_chunk(struct pool *pool)
{
	char *end, *chunk;

	if (!pool->chunk_size)
		return map(pool->blocks * pool->size);
	chunk = carve(pool, &end);
	if (!chunk)
		chunk = carve_from_new(pool, end);
	return chunk || pool->shadowed ? chunk : map(pool->chunk_size);
}

static bool grow(struct pool *pool)
{
	int saved = errno;
	char *memory = atomic_load(&pool->chunks) < POOL_CHUNKS_MAX ? new_chunk(pool) : NULL;

	errno = saved;
	if (!memory)
		return false;
	uint32_t chunk = atomic_fetch_add(&pool->chunks, 1);
	if (chunk >= POOL_CHUNKS_MAX) {
		atomic_fetch_sub(&pool->chunks, 1);
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
