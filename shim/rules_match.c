#include "match.h"

/* True if the rule names this fd number, or its type, in so many words. */
static bool names(const struct rule *rule, enum match_kind kind, const struct endpoint *endpoint)
{
	for (unsigned i = 0; i < rule->matches; i++)
		if (rule->match[i].kind == kind && !rule->match[i].negated &&
		    match_holds(&rule->match[i], endpoint))
			return true;
	return false;
}

/* Standard fds, ttys and pipes are guarded only on request: half a line on them is an everyday thing. */
static bool may_look_at(const struct rule *rule, const struct endpoint *endpoint)
{
	if (endpoint->fd <= 2 || endpoint->type == ENDPOINT_TTY)
		return names(rule, MATCH_FD, endpoint);
	if (endpoint->type == ENDPOINT_PIPE)
		return names(rule, MATCH_FD, endpoint) || names(rule, MATCH_TYPE, endpoint);
	return true;
}

static bool rule_matches(const struct rule *rule, const struct endpoint *endpoint)
{
	if (!may_look_at(rule, endpoint))
		return false;
	for (unsigned i = 0; i < rule->matches; i++)
		if (!match_holds(&rule->match[i], endpoint))
			return false;
	return true;
}

const struct profile *rules_match(const struct rules *rules, const struct endpoint *endpoint)
{
	for (unsigned i = 0; i < rules->count; i++) {
		const struct rule *rule = &rules->rule[i];

		if (rule_matches(rule, endpoint))
			return rule->profile.framing.class == &framing_off ? NULL : &rule->profile;
	}
	return NULL;
}
