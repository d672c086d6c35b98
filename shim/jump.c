#include "jump.h"

#include <alloca.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

/*
 * Where setjmp keeps the stack pointer differs between machines, and glibc keeps it under a secret: one word,
 * mixed by xor and on some machines rotated (sysdeps/.../pointer_guard.h). We know our own stack pointer, so
 * the place, the rotation and the secret can be learnt from a few calls: they are those for which every call
 * gives the same secret. What cannot be learnt is not used.
 */

#if defined(__x86_64__)
#define READ_STACK_POINTER(to) __asm__ volatile("mov %%rsp, %0" : "=r"(to))
#elif defined(__i386__)
#define READ_STACK_POINTER(to) __asm__ volatile("mov %%esp, %0" : "=r"(to))
#elif defined(__aarch64__) || defined(__arm__)
#define READ_STACK_POINTER(to) __asm__ volatile("mov %0, sp" : "=r"(to))
#endif

/* i386 passes setjmp's argument on the stack: what it keeps may lie so much below our stack pointer. A few
 * bytes more or less name the same frame. */
#ifdef __i386__
#define PUSHED_MAX 32
#else
#define PUSHED_MAX 0
#endif

#define WORD_BITS (8 * (unsigned)sizeof(uintptr_t))
#define WORDS (sizeof(struct __jmp_buf_tag) / sizeof(uintptr_t))
#define SAMPLES 6
#define MORE_STACK \
	208 /* bytes; each sample's frame has so many less: what keeps its distance is no stack pointer */

static struct place {
	bool known;
	unsigned word, rotation;
	uintptr_t secret;
} place;

static uintptr_t rotated(uintptr_t word, unsigned rotation)
{
	return rotation ? word >> rotation | word << (WORD_BITS - rotation) : word;
}

static uintptr_t word_of(const struct __jmp_buf_tag *buffer, unsigned word)
{
	uintptr_t value;

	memcpy(&value, (const char *)buffer + word * sizeof(value), sizeof(value));
	return value;
}

uintptr_t jump_target(const struct __jmp_buf_tag *buffer)
{
	return place.known ? rotated(word_of(buffer, place.word), place.rotation) ^ place.secret : 0;
}

#ifdef READ_STACK_POINTER

struct sample {
	jmp_buf buffer;
	uintptr_t stack_pointer;
};

static __attribute__((noinline)) void take_samples(struct sample *samples, unsigned count)
{
	*(volatile char *)alloca((size_t)MORE_STACK * count) = 0;
	if (_setjmp(samples->buffer) != 0)
		return;
	READ_STACK_POINTER(samples->stack_pointer);
	if (count > 1)
		take_samples(samples + 1, count - 1);
	__asm__ volatile(""); /* so that the call of the deeper one is no jump */
}

static uintptr_t secret_of(const struct sample *sample, unsigned word, unsigned rotation, unsigned pushed)
{
	return rotated(word_of(sample->buffer, word), rotation) ^ (sample->stack_pointer - pushed);
}

static bool fits_pushed(const struct sample *samples, unsigned word, unsigned rotation, unsigned pushed)
{
	uintptr_t secret = secret_of(&samples[0], word, rotation, pushed);

	for (unsigned i = 1; i < SAMPLES; i++)
		if (secret_of(&samples[i], word, rotation, pushed) != secret)
			return false;
	place.word = word;
	place.rotation = rotation;
	place.secret = secret;
	return true;
}

static bool fits(const struct sample *samples, unsigned word, unsigned rotation)
{
	for (unsigned pushed = 0; pushed <= PUSHED_MAX; pushed += 4)
		if (fits_pushed(samples, word, rotation, pushed))
			return true;
	return false;
}

void jump_start(void)
{
	static const unsigned rotations[] = {0, 2 * sizeof(uintptr_t) + 1};
	struct sample samples[SAMPLES];
	struct place found[2] = {{0}};
	unsigned count[2] = {0};

	memset(samples, 0, sizeof(samples));
	take_samples(samples, SAMPLES);
	for (unsigned word = 0; word < WORDS; word++)
		for (unsigned i = 0; i < sizeof(rotations) / sizeof(rotations[0]); i++)
			if (fits(samples, word, rotations[i])) {
				found[place.secret != 0] = place;
				count[place.secret != 0]++;
			}
	/* Where there is a secret, a bare stack pointer is some register's. */
	unsigned kind = count[1] != 0;
	place = found[kind];
	place.known = count[kind] == 1;
}

#else

void jump_start(void)
{
}

#endif
