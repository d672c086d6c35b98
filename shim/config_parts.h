#ifndef POISONSHIM_CONFIG_PARTS_H
#define POISONSHIM_CONFIG_PARTS_H

#include "config.h"

#define CONFIG_PREFIX "POISONSHIM_"
#define CONFIG_FILE_MAX 65536 /* bytes */

/* In the order in which they are read: ACTION and WINDOW are the defaults of the rules, FRAMING is the last
 * rule. */
enum config_row {
	ROW_CONFIG, /* cannot stand in a file */
	ROW_POLICY,
	ROW_MODE,
	ROW_DEADLINE,
	ROW_SIGPIPE,
	ROW_LOG,
	ROW_STATS,
	ROW_ACTION,
	ROW_WINDOW,
	ROW_RULES,
	ROW_FRAMING,
	CONFIG_VARIABLES
};

/* What the variables are read into. */
struct reading {
	struct config *config;
	struct profile defaults; /* of the rules: action, window (0: per framing) */
};

extern const struct config_variable {
	const char *name; /* behind CONFIG_PREFIX */
	bool (*read)(struct parse *parse, struct reading *reading);
} config_variables[CONFIG_VARIABLES];

/* The text of one variable. */
struct setting {
	const char *text; /* NULL: not set */
	size_t length;
	unsigned line; /* of the file, from 1; 0: it stands in the environment */
};

/* Where a piece of configuration stands, for an error. */
struct place {
	const char *file;     /* NULL: the environment */
	unsigned line;	      /* of the file */
	const char *variable; /* behind CONFIG_PREFIX; NULL: not one */
};

/* The row of the variable with the full name name[0..n), or CONFIG_VARIABLES. */
unsigned config_find_variable(const char *name, size_t n);

/* Reads the file and keeps what it says about variables that are not set yet. The text of the settings lives
 * as long as the process. */
bool config_read_file(const char *path, struct setting settings[CONFIG_VARIABLES],
		      struct config_error *error);

/* Reads POISONSHIM_LOG. */
bool config_read_log(struct parse *parse, struct reading *reading);

/* All of these fill `error` with one line and return false. */
bool config_error_parse(struct config_error *error, const struct place *place, const struct parse *parse);
bool config_error_name(struct config_error *error, const struct place *place, const char *name, size_t n);
bool config_error_file(struct config_error *error, const char *path, const char *what, int number);

#endif
