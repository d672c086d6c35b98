#include "match.h"

#include <string.h>

/* Bytes of a refused tail kept where the rule does not say: nobody knows where messages end inside a call,
 * and what is not the rest of one differs early; a framing knows, and compares up to the end of the message.
 */
#define WINDOW_CALL 16
#define WINDOW_FRAMING 4096

static const char expected_option[] = "an option: role=, unit=, tls=, desync=, action= or max=";

bool rules_parse_action(struct parse *parse, enum action *action)
{
	static const struct {
		const char *word;
		enum action action;
	} actions[] = {
	    {"epipe", ACTION_EPIPE},
	    {"shutdown", ACTION_SHUTDOWN},
	    {"reset", ACTION_RESET},
	    {"abort", ACTION_ABORT},
	};

	for (size_t i = 0; i < sizeof(actions) / sizeof(actions[0]); i++)
		if (parse_skip_word(parse, actions[i].word)) {
			*action = actions[i].action;
			return true;
		}
	return parse_fail(parse, "epipe, shutdown, reset or abort");
}

static bool parse_desync(struct parse *parse, struct profile *profile)
{
	profile->desync_poisons = parse_skip_word(parse, "poison");
	return profile->desync_poisons || parse_skip_word(parse, "off") || parse_fail(parse, "off or poison");
}

static bool parse_max(struct parse *parse, struct profile *profile)
{
	uint64_t max;

	if (!parse_number(parse, 1, UINT64_MAX, true, &max,
			  "a number of bytes above 0; k, M or G may follow it"))
		return false;
	framing_limit(profile->framing, max);
	return true;
}

static bool parse_role(struct parse *parse, struct profile *profile)
{
	if (parse_skip_word(parse, "server"))
		profile->role = ROLE_SERVER;
	else if (parse_skip_word(parse, "client"))
		profile->role = ROLE_CLIENT;
	else
		return parse_fail(parse, "client or server: which side the program is");
	return true;
}

static bool parse_unit(struct parse *parse, struct profile *profile)
{
	const char *at = parse->at;
	bool frames = parse_skip_word(parse, "frame");

	if (!frames && !parse_skip_word(parse, "message"))
		return parse_fail(parse, "frame or message: which of the two may not be cut");
	return framing_set_unit(profile->framing, frames) ||
	       parse_fail_at(parse, at, "no unit= here: in this framing every frame is a message");
}

static bool parse_tls(struct parse *parse, struct profile *profile)
{
	const char *at = parse->at;
	enum framing_tls tls = FRAMING_TLS_OFF;

	if (parse_skip_word(parse, "sniff"))
		tls = FRAMING_TLS_SNIFF;
	else if (parse_skip_word(parse, "start"))
		tls = FRAMING_TLS_START;
	else if (!parse_skip_word(parse, "off"))
		return parse_fail(parse,
				  "sniff, off or start: whether TLS begins at a boundary, never, or at once");
	return framing_set_tls(profile->framing, tls) ||
	       parse_fail_at(parse, at, "no tls=sniff here: in this framing a message may begin as TLS does");
}

static bool parse_option(struct parse *parse, struct profile *profile)
{
	if (parse_skip(parse, "role="))
		return parse_role(parse, profile);
	if (parse_skip(parse, "unit="))
		return parse_unit(parse, profile);
	if (parse_skip(parse, "tls="))
		return parse_tls(parse, profile);
	if (parse_skip(parse, "desync="))
		return parse_desync(parse, profile);
	if (parse_skip(parse, "action="))
		return rules_parse_action(parse, &profile->action);
	if (parse_skip(parse, "max="))
		return parse_max(parse, profile);
	return parse_fail(parse, expected_option);
}

static bool is_call(const struct framing *framing)
{
	return framing->class == &framing_call && framing->stages == 1;
}

/* framing *("," option) */
static bool parse_profile(struct parse *parse, struct profile *profile, const struct profile *defaults)
{
	*profile = *defaults;
	if (!framing_parse(parse, profile->framing))
		return false;
	while (parse_skip(parse, ","))
		if (!parse_option(parse, profile))
			return false;
	profile->call_window = profile->window ? profile->window : WINDOW_CALL;
	if (profile->window == 0)
		profile->window = is_call(profile->framing) ? WINDOW_CALL : WINDOW_FRAMING;
	return true;
}

/* match *("+" match) */
static bool parse_matches(struct parse *parse, struct rule *rule)
{
	do {
		if (rule->matches == MATCHES_MAX)
			return parse_fail(parse, "at most 6 matches in one rule");
		if (!match_parse(parse, &rule->match[rule->matches]))
			return false;
		rule->matches++;
	} while (parse_skip(parse, "+"));
	return true;
}

static bool needs_addresses(const struct rule *rule)
{
	for (unsigned i = 0; i < rule->matches; i++)
		switch (rule->match[i].kind) {
		case MATCH_PORT:
		case MATCH_PEER:
		case MATCH_LOCAL:
		case MATCH_UNIX:
			return true;
		default:
			break;
		}
	return false;
}

/* The place of the next rule, or NULL and an error. */
static struct rule *next_rule(struct parse *parse, struct rules *rules)
{
	if (rules->count == RULES_MAX) {
		parse_fail(parse, "at most 64 rules, POISONSHIM_FRAMING among them");
		return NULL;
	}
	memset(&rules->rule[rules->count], 0, sizeof(struct rule));
	return &rules->rule[rules->count];
}

static void keep_rule(struct rules *rules)
{
	rules->need_addresses |= needs_addresses(&rules->rule[rules->count]);
	rules->count++;
}

static bool parse_rule(struct parse *parse, struct rules *rules, const struct profile *defaults)
{
	struct rule *rule = next_rule(parse, rules);

	if (!rule || !parse_matches(parse, rule) ||
	    !parse_need(parse, "=", "\"=\" and a framing, or \"+\" and another match") ||
	    !parse_profile(parse, &rule->profile, defaults))
		return false;
	keep_rule(rules);
	return true;
}

static void skip_blanks(struct parse *parse)
{
	while (parse_skip(parse, " ") || parse_skip(parse, "\t"))
		;
}

/* True if a separator stood at the cursor; several, with blanks around them, are one. */
static bool skip_separators(struct parse *parse)
{
	bool skipped = false;

	for (skip_blanks(parse); parse_skip(parse, ";") || parse_skip(parse, "\n"); skip_blanks(parse))
		skipped = true;
	return skipped;
}

bool rules_parse(struct parse *parse, struct rules *rules, const struct profile *defaults)
{
	skip_separators(parse);
	do {
		if (!parse_rule(parse, rules, defaults))
			return false;
		if (!skip_separators(parse) && !parse_at_end(parse))
			return parse_fail(parse,
					  "\",\" and an option, \";\" and another rule, or end of text");
	} while (!parse_at_end(parse));
	return true;
}

bool rules_parse_framing(struct parse *parse, struct rules *rules, const struct profile *defaults)
{
	struct rule *rule = next_rule(parse, rules);

	if (!rule || !parse_profile(parse, &rule->profile, defaults))
		return false;
	if (!parse_at_end(parse))
		return parse_fail(parse, "\",\" and an option, or end of text");
	rule->match[0].kind = MATCH_ANY;
	rule->matches = 1;
	keep_rule(rules);
	return true;
}
