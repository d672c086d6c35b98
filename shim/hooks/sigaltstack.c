#include "after.h"

HOOK int sigaltstack(const stack_t *stack, stack_t *old)
{
	int result = real.sigaltstack(stack, old);

	after_sigaltstack(stack, result);
	return result;
}
