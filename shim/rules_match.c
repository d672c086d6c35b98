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

/* Which side the rule names by an address: ROLE_FROM_ENDPOINT if it names none, or both hold it. */
static enum role role_of_match(const struct match *match, const struct endpoint *endpoint)
{
	bool ours = match_holds_side(match, endpoint, true),
	     theirs = match_holds_side(match, endpoint, false);

	if (match->negated || ours == theirs)
		return ROLE_FROM_ENDPOINT;
	return ours ? ROLE_SERVER : ROLE_CLIENT;
}

static bool is_server(const struct rule *rule, const struct endpoint *endpoint)
{
	enum role role = rule->profile.role;

	for (unsigned i = 0; i < rule->matches && role == ROLE_FROM_ENDPOINT; i++)
		role = role_of_match(&rule->match[i], endpoint);
	return role == ROLE_FROM_ENDPOINT ? endpoint->accepted : role == ROLE_SERVER;
}

const struct profile *rules_match(const struct rules *rules, const struct endpoint *endpoint, bool *server)
{
	for (unsigned i = 0; i < rules->count; i++) {
		const struct rule *rule = &rules->rule[i];

		if (!rule_matches(rule, endpoint))
			continue;
		*server = is_server(rule, endpoint);
		return rule->profile.framing->class == &framing_off ? NULL : &rule->profile;
	}
	return NULL;
}
