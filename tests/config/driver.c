/* What the tests of configuration and rules call. */

#include <stdio.h>
#include <string.h>

#include "../../shim/config.h"
#include "../../shim/match.h"

/* The error, or NULL if the environment is good. */
const char *driver_load(char *const *environment)
{
	static struct config_error error;

	memset(&config, 0, sizeof(config));
	memset(&error, 'x', sizeof(error));
	return config_load(environment, &error) ? NULL : error.text;
}

static void show_config(FILE *out)
{
	fprintf(out, "{\"audit\":%d,\"strict\":%d,\"sigpipe\":%d,\"deadline_ns\":%llu,", config.audit,
		config.strict, config.sigpipe, (unsigned long long)config.deadline_ns);
	fprintf(out,
		"\"sink\":%d,\"json\":%d,\"level\":%d,\"path\":\"%s\",\"stats\":\"%s\",\"need_addresses\":%d,"
		"\"rules\":[",
		config.log.sink, config.log.json, config.log.level, config.log.path, config.stats,
		config.rules.need_addresses);
}

static void show_rule(FILE *out, const struct rule *rule)
{
	const struct profile *profile = &rule->profile;

	fprintf(out, "{\"framing\":\"%s\",\"class\":\"%s\",\"max\":%llu,\"window\":%u,\"action\":%d,",
		profile->framing->name, profile->framing->class->name,
		(unsigned long long)profile->framing->max, profile->window, profile->action);
	fprintf(out, "\"desync_poisons\":%d,\"matches\":%d,\"role\":%d,\"stages\":%d,",
		profile->desync_poisons, rule->matches, profile->role, profile->framing->stages);
	fprintf(out, "\"frames\":%d,\"sniffs_tls\":%d}",
		profile->framing[profile->framing->stages - 1].frames,
		profile->framing[profile->framing->stages - 1].sniffs_tls);
}

/* The configuration as JSON; returns its length. */
size_t driver_show(char *buffer, size_t size)
{
	FILE *out = fmemopen(buffer, size, "w");
	long length;

	show_config(out);
	for (unsigned i = 0; i < config.rules.count; i++) {
		fputs(i ? "," : "", out);
		show_rule(out, &config.rules.rule[i]);
	}
	fputs("]}", out);
	length = ftell(out);
	fclose(out);
	return (size_t)length;
}

/* The number of the rule that matches, or -1. */
int driver_match(int fd, int type, const void *peer, unsigned peer_length, const void *local,
		 unsigned local_length, bool accepted, bool *server)
{
	struct endpoint endpoint = {
	    .fd = fd,
	    .accepted = accepted,
	    .type = (enum endpoint_type)type,
	    .peer_length = peer_length,
	    .local_length = local_length,
	};
	const struct profile *profile;

	memcpy(&endpoint.peer, peer, peer_length);
	memcpy(&endpoint.local, local, local_length);
	profile = rules_match(&config.rules, &endpoint, server);
	for (unsigned i = 0; i < config.rules.count; i++)
		if (profile == &config.rules.rule[i].profile)
			return (int)i;
	return -1;
}

bool driver_glob(const char *glob, const char *name, size_t n)
{
	return glob_covers(glob, name, n);
}
