#ifndef POISONSHIM_MATCH_H
#define POISONSHIM_MATCH_H

#include "rules.h"

/* Reads one match, "port:6379" or "!peer:[::1]:80/443", at the cursor. */
bool match_parse(struct parse *parse, struct match *match);

/* True if what is known of the endpoint says that the match holds. */
bool match_holds(const struct match *match, const struct endpoint *endpoint);

/* True if the match is about addresses and our own one (else: the peer's) is known to be what it names; not
 * negated. */
bool match_holds_side(const struct match *match, const struct endpoint *endpoint, bool ours);

/* True if `number` lies in one of the ranges of the match. */
bool match_contains(const struct match *match, uint32_t number);

/* True if `glob` (see struct match) covers the whole of name[0..n). */
bool glob_covers(const char *glob, const char *name, size_t n);

#endif
