#include "config_parts.h"

#include <string.h>

struct config config;

/* One of two words; *out says whether it is the second. */
static bool read_either(struct parse *parse, const char *no, const char *yes, bool *out, const char *expected)
{
	*out = parse_skip_word(parse, yes);
	return *out || parse_skip_word(parse, no) || parse_fail(parse, expected);
}

static bool read_policy(struct parse *parse, struct reading *reading)
{
	return read_either(parse, "resume", "strict", &reading->config->strict, "resume or strict");
}

static bool read_mode(struct parse *parse, struct reading *reading)
{
	return read_either(parse, "enforce", "audit", &reading->config->audit, "enforce or audit");
}

static bool read_sigpipe(struct parse *parse, struct reading *reading)
{
	return read_either(parse, "0", "1", &reading->config->sigpipe, "0 or 1");
}

static bool read_unit(struct parse *parse, uint64_t *ns)
{
	static const struct {
		const char *name;
		uint64_t ns;
	} units[] = {
	    {"ms", 1000000},
	    {"s", 1000000000},
	    {"m", 60000000000},
	    {"h", 3600000000000},
	};

	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++)
		if (parse_skip_word(parse, units[i].name)) {
			*ns = units[i].ns;
			return true;
		}
	return parse_fail(parse, "a unit: ms, s, m or h");
}

static bool read_deadline(struct parse *parse, struct reading *reading)
{
	static const char expected[] = "a duration above 0: 250ms, 5s, 2m or 1h";
	const char *at = parse->at;
	uint64_t number = 0;
	uint64_t unit = 0;

	if (!parse_number(parse, 1, UINT64_MAX, false, &number, expected) || !read_unit(parse, &unit))
		return false;
	if (__builtin_mul_overflow(number, unit, &reading->config->deadline_ns)) {
		parse->at = at;
		return parse_fail(parse, "a duration of less than 584 years");
	}
	return true;
}

static bool read_stats(struct parse *parse, struct reading *reading)
{
	size_t n = (size_t)(parse->end - parse->at);

	if (n >= sizeof(reading->config->stats) || memchr(parse->at, '\0', n))
		return parse_fail(parse, "a directory, with at most 4095 bytes in its name");
	memcpy(reading->config->stats, parse->at, n);
	parse->at += n;
	return true;
}

static bool read_action(struct parse *parse, struct reading *reading)
{
	return rules_parse_action(parse, &reading->defaults.action);
}

static bool read_window(struct parse *parse, struct reading *reading)
{
	uint64_t window;

	if (!parse_number(parse, 1, 65536, true, &window, "a number of bytes from 1 to 65536 (64k)"))
		return false;
	reading->defaults.window = (uint32_t)window;
	return true;
}

static bool read_rules(struct parse *parse, struct reading *reading)
{
	return rules_parse(parse, &reading->config->rules, &reading->defaults);
}

static bool read_framing(struct parse *parse, struct reading *reading)
{
	return rules_parse_framing(parse, &reading->config->rules, &reading->defaults);
}

const struct config_variable config_variables[CONFIG_VARIABLES] = {
    [ROW_CONFIG] = {"CONFIG", NULL},	       [ROW_POLICY] = {"POLICY", read_policy},
    [ROW_MODE] = {"MODE", read_mode},	       [ROW_DEADLINE] = {"DEADLINE", read_deadline},
    [ROW_SIGPIPE] = {"SIGPIPE", read_sigpipe}, [ROW_LOG] = {"LOG", config_read_log},
    [ROW_ACTION] = {"ACTION", read_action},    [ROW_WINDOW] = {"WINDOW", read_window},
    [ROW_RULES] = {"RULES", read_rules},       [ROW_FRAMING] = {"FRAMING", read_framing},
    [ROW_STATS] = {"STATS", read_stats},
};

static bool keep_environment(const char *entry, struct setting settings[], struct config_error *error)
{
	const char *equals = strchr(entry, '=');
	unsigned row;

	if (!equals || strncmp(entry, CONFIG_PREFIX, strlen(CONFIG_PREFIX)) != 0)
		return true;
	row = config_find_variable(entry, (size_t)(equals - entry));
	if (row == CONFIG_VARIABLES)
		return config_error_name(error, &(struct place){0}, entry, (size_t)(equals - entry));
	if (!settings[row].text && equals[1] != '\0')
		settings[row] = (struct setting){.text = equals + 1, .length = strlen(equals + 1)};
	return true;
}

static bool collect(char *const *environment, struct setting settings[], struct config_error *error)
{
	for (; *environment; environment++)
		if (!keep_environment(*environment, settings, error))
			return false;
	return !settings[ROW_CONFIG].text || config_read_file(settings[ROW_CONFIG].text, settings, error);
}

static bool read_setting(enum config_row row, const struct setting *setting, struct reading *reading,
			 struct parse *parse)
{
	*parse = parse_text(setting->text, setting->length);
	return config_variables[row].read(parse, reading) &&
	       (parse_at_end(parse) || parse_fail(parse, "end of text"));
}

static bool read_settings(const struct setting settings[], struct reading *reading,
			  struct config_error *error)
{
	for (enum config_row row = ROW_CONFIG + 1; row < CONFIG_VARIABLES; row++) {
		const struct setting *setting = &settings[row];
		struct parse parse;

		if (setting->text && !read_setting(row, setting, reading, &parse)) {
			const char *file = setting->line ? settings[ROW_CONFIG].text : NULL;
			struct place place = {file, setting->line, config_variables[row].name};

			return config_error_parse(error, &place, &parse);
		}
	}
	return true;
}

/* Without rules and without a framing every stream socket is guarded. */
static void default_framing(struct setting settings[])
{
	if (!settings[ROW_RULES].text && !settings[ROW_FRAMING].text)
		settings[ROW_FRAMING] = (struct setting){.text = "auto", .length = strlen("auto")};
}

bool config_load(char *const *environment, struct config_error *error)
{
	struct setting settings[CONFIG_VARIABLES] = {{0}};
	struct reading reading = {.config = &config};

	config.log.level = LOG_LEVEL_WARN;
	if (!collect(environment, settings, error))
		return false;
	default_framing(settings);
	if (read_settings(settings, &reading, error))
		return true;
	config.rules.count = 0;
	return false;
}
