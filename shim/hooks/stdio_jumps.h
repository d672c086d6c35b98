#ifndef POISONSHIM_STDIO_JUMPS_H
#define POISONSHIM_STDIO_JUMPS_H

#include <stdbool.h>

#include "../hidden.h"

/* True if whatever stdio writes and closes goes through our hooks. */
HIDDEN bool stdio_jumps_are_ours(void);

/* True if that holds for dprintf too. */
HIDDEN bool stdio_jumps_serve_dprintf(void);

#endif
