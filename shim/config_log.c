#include "config_parts.h"

#include <string.h>

enum slot { SLOT_SINK, SLOT_FORMAT, SLOT_LEVEL };

static const struct {
	const char *word;
	enum slot slot;
	int value;
} words[] = {
    {"stderr", SLOT_SINK, LOG_SINK_STDERR}, {"syslog", SLOT_SINK, LOG_SINK_SYSLOG},
    {"text", SLOT_FORMAT, false},	    {"json", SLOT_FORMAT, true},
    {"off", SLOT_LEVEL, LOG_LEVEL_OFF},	    {"error", SLOT_LEVEL, LOG_LEVEL_ERROR},
    {"warn", SLOT_LEVEL, LOG_LEVEL_WARN},   {"info", SLOT_LEVEL, LOG_LEVEL_INFO},
    {"debug", SLOT_LEVEL, LOG_LEVEL_DEBUG},
};

/* Records that a slot is filled. Two words for one are a mistake: which of them was meant? */
static bool fill(struct parse *parse, unsigned *filled, enum slot slot)
{
	static const char *const once[] = {
	    "at most one of stderr, syslog and a path",
	    "at most one of text and json",
	    "at most one of off, error, warn, info and debug",
	};

	if (*filled & 1U << slot)
		return parse_fail(parse, once[slot]);
	*filled |= 1U << slot;
	return true;
}

static void set(struct log_config *log, enum slot slot, int value)
{
	if (slot == SLOT_SINK)
		log->sink = (enum log_sink)value;
	else if (slot == SLOT_FORMAT)
		log->json = value;
	else
		log->level = (enum log_level)value;
}

static bool read_path(struct parse *parse, struct log_config *log, unsigned *filled)
{
	const char *comma = memchr(parse->at, ',', (size_t)(parse->end - parse->at));
	size_t n = (size_t)((comma ? comma : parse->end) - parse->at);

	if (!memchr(parse->at, '/', n))
		return parse_fail(parse, "stderr, syslog, a path with \"/\" in it, text, json, "
					 "off, error, warn, info or debug");
	if (n >= sizeof(log->path) || memchr(parse->at, '\0', n))
		return parse_fail(parse, "a path of at most 4095 bytes");
	if (!fill(parse, filled, SLOT_SINK))
		return false;
	log->sink = LOG_SINK_FILE;
	memcpy(log->path, parse->at, n);
	parse->at += n;
	return true;
}

static bool read_item(struct parse *parse, struct log_config *log, unsigned *filled)
{
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		const char *at = parse->at;

		if (!parse_skip_word(parse, words[i].word))
			continue;
		if (!parse_at_end(parse) && *parse->at != ',') {
			parse->at = at; /* the beginning of a path: "text/log" */
			break;
		}
		set(log, words[i].slot, words[i].value);
		parse->at = at;
		return fill(parse, filled, words[i].slot) && parse_skip_word(parse, words[i].word);
	}
	return read_path(parse, log, filled);
}

bool config_read_log(struct parse *parse, struct reading *reading)
{
	unsigned filled = 0;

	do {
		if (!read_item(parse, &reading->config->log, &filled))
			return false;
	} while (parse_skip(parse, ","));
	return true;
}
