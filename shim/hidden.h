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

#endif
