#ifndef POISONSHIM_CONFIG_H
#define POISONSHIM_CONFIG_H

#include <stdbool.h>
#include <stdint.h>

#include "rules.h"

/* Levels of the log; each includes the ones before it. */
enum log_level {
	LOG_LEVEL_OFF,	 /* nothing */
	LOG_LEVEL_ERROR, /* poisoned, refused */
	LOG_LEVEL_WARN,	 /* + closed inside a message, desync, off: the default */
	LOG_LEVEL_INFO,	 /* + one line at start that says how the process is guarded */
	LOG_LEVEL_DEBUG, /* + torn, resumed */
};

enum log_sink { LOG_SINK_STDERR, LOG_SINK_SYSLOG, LOG_SINK_FILE };

struct log_config {
	enum log_sink sink;
	bool json;
	enum log_level level;
	char path[4096]; /* LOG_SINK_FILE; absolute or relative to the directory at start */
};

struct config {
	bool audit;	      /* POISONSHIM_MODE=audit */
	bool strict;	      /* POISONSHIM_POLICY=strict */
	bool sigpipe;	      /* POISONSHIM_SIGPIPE=1 */
	uint64_t deadline_ns; /* POISONSHIM_DEADLINE; 0: none */
	struct log_config log;
	char stats[4096]; /* POISONSHIM_STATS: a directory; empty: none */
	struct rules rules;
};

/* The one configuration of this process. Zero (guards nothing) until config_load() has returned true. */
extern struct config config;

/* Everything needed to tell a person what is wrong; strings live as long as the process. */
struct config_error {
	char text[512]; /* one line without a newline */
};

/* Reads the environment block and the file that POISONSHIM_CONFIG names into `config`. On false, `error` says
 * variable (or file and line), column, what was found and what was expected. Runs once, in the constructor;
 * allocates nothing. */
bool config_load(char *const *environment, struct config_error *error);

#endif
