#include <errno.h>
#include <sys/auxv.h>
#include <unistd.h>

#include "config.h"
#include "fdtable.h"
#include "jump.h"
#include "line.h"
#include "memory.h"
#include "process.h"
#include "real.h"
#include "report.h"
#include "sandbox.h"
#include "stats.h"
#include "tail.h"
#include "thread.h"

#define EX_CONFIG 78 /* sysexits.h */

static void refuse_to_start(const struct config_error *error)
{
	struct iovec line[] = {
	    {(void *)(uintptr_t) "poisonshim: ", 12},
	    {(void *)(uintptr_t)error->text, 0},
	    {(void *)(uintptr_t) "\n", 1},
	};

	while (error->text[line[1].iov_len])
		line[1].iov_len++;
	if (real.writev(STDERR_FILENO, line, 3) < 0) {
		/* Nobody can be told; the status still says it. */
	}
	_exit(EX_CONFIG);
}

static void prepare_profiles(void)
{
	uint32_t largest = 0;

	for (unsigned i = 0; i < config.rules.count; i++) {
		struct profile *profile = &config.rules.rule[i].profile;

		profile->feed = framing_feeder_of(profile->framing);
		if (profile->window > largest)
			largest = profile->window;
	}
	tail_start(largest);
}

/* For level info: how this process is guarded. */
static void say_how(void)
{
	char text[512];
	struct line line = line_in(text, sizeof(text) - 1);

	line_text(&line, config.audit ? "auditing" : "guarding");
	line_text(&line,
		  config.strict ? ", policy strict, rules in order:" : ", policy resume, rules in order:");
	for (unsigned i = 0; i < config.rules.count; i++) {
		line_text(&line, i ? ", " : " ");
		line_text(&line, config.rules.rule[i].profile.framing->name);
	}
	text[line.length] = 0;
	report_note(LOG_LEVEL_INFO, text);
}

/* /etc/ld.so.preload brings the library into setuid programs too. Whoever started one has set the variables,
 * and must not open a log or read a configuration with its rights. */
static bool has_more_rights(void)
{
	return getauxval(AT_SECURE) != 0;
}

static void start(const char *program, char *const *environment)
{
	struct config_error error;

	real_resolve();
	if (has_more_rights() || sandbox_holds())
		return;
	memory_start();
	if (!config_load(environment, &error))
		refuse_to_start(&error);
	stream_waits_watched = config.strict;
	prepare_profiles();
	process_start();
	thread_start();
	jump_start();
	report_start(&config.log, program);
	stats_start(config.stats, program);
	say_how();
	fdtable_start();
}

#ifdef __GLIBC__
/* We ask to be initialised first (Makefile), so that other constructors and the program's preinit_array are
 * guarded. libc is not up then: getenv finds nothing, the program's name is empty; the arguments are always
 * there. */
static void initialise(int argc, char **argv, char **environment)
{
	start(argc > 0 ? argv[0] : "", environment);
}

/* Not by the attribute: optimising at link time the compiler takes it that a constructor has no arguments. */
__attribute__((section(".init_array"), used)) static void (*const initialiser)(int, char **,
									       char **) = initialise;
#else
extern char **environ;

__attribute__((constructor)) static void initialise(void)
{
	start(program_invocation_short_name, environ);
}
#endif
