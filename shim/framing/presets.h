#ifndef POISONSHIM_FRAMING_PRESETS_H
#define POISONSHIM_FRAMING_PRESETS_H

#include "framing.h"

/* The framings that are complete by their name. */

enum preset { PRESET_CALL, PRESET_TLS /* the others need no number */ };

extern const struct framing framing_presets[];
extern const unsigned framing_presets_count;

/* The `check` of length_field for protocols that need one. */
bool tls_check(struct framing_state *state, const uint8_t *head, uint64_t total);

#endif
