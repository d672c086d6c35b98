#ifndef POISONSHIM_TESTS_FUZZ_LIMITS_H
#define POISONSHIM_TESTS_FUZZ_LIMITS_H

#include <stdint.h>

/* Loads from memory, and bytes that memchr() looked at, so far: what the processor did, whatever its speed.
 */
uint64_t work_done(void);

/* Ends the process, without a find, when it has had FUZZ_SECONDS of the processor. libFuzzer's own
 * -max_total_time knows whole seconds only, and counts those in which others ran. */
void end_in_time(void);

#endif
