#ifndef POISONSHIM_HIDDEN_H
#define POISONSHIM_HIDDEN_H

/* For data that the clean path reads: -fvisibility does not reach declarations, and without this each access
 * would load its address first. */
#define HIDDEN __attribute__((visibility("hidden")))

#endif
