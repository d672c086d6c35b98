#ifndef POISONSHIM_HIDDEN_H
#define POISONSHIM_HIDDEN_H

/* For data that the clean path reads: -fvisibility does not reach declarations, and without this each access
 * would load its address first. */
#define HIDDEN __attribute__((visibility("hidden")))

/* A function that leaves by a jump, with the stack as it found it, however it is compiled: vfork comes back
 * twice. */
#ifdef __clang__
#define LEAVES_BY_JUMP
#define JUMP __attribute__((musttail)) return
#else
#define LEAVES_BY_JUMP __attribute__((optimize("O2")))
#define JUMP return
#endif

/* A zero that is made where it is needed: one that the compiler keeps in a register from an earlier use costs
 * the clean path the saving and restoring of that register. */
static inline unsigned fresh_zero(void)
{
#ifdef __x86_64__
	unsigned zero;

	__asm__("xorl %0, %0" : "=r"(zero) : : "cc");
	return zero;
#else
	return 0;
#endif
}

#endif
