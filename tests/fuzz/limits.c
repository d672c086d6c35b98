#include "limits.h"

#include <stddef.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

static uint64_t work;

uint64_t work_done(void)
{
	return work;
}

void end_in_time(void)
{
	static double seconds = -1;
	const char *text = seconds < 0 ? getenv("FUZZ_SECONDS") : NULL;

	if (seconds < 0)
		seconds = text ? strtod(text, NULL) : 0;
	if (seconds > 0 && (double)clock() / CLOCKS_PER_SEC >= seconds)
		_exit(0);
}

/* Called by the code that -fsanitize-coverage=trace-loads makes of every load. */
#define COUNT_LOADS(bytes)                                                                  \
	void __sanitizer_cov_load##bytes(void *at);                                         \
	__attribute__((no_sanitize("coverage"))) void __sanitizer_cov_load##bytes(void *at) \
	{                                                                                   \
		(void)at;                                                                   \
		work++;                                                                     \
	}

COUNT_LOADS(1)
COUNT_LOADS(2)
COUNT_LOADS(4)
COUNT_LOADS(8)
COUNT_LOADS(16)

/* Linked with --wrap=memchr. */
void *__wrap_memchr(const void *p, int byte, size_t n);
void *__real_memchr(const void *p, int byte, size_t n);

void *__wrap_memchr(const void *p, int byte, size_t n)
{
	const char *found = __real_memchr(p, byte, n);

	work += found ? (size_t)(found - (const char *)p) : n;
	return (void *)found;
}
