#include "presets.h"

enum { CHANGE_CIPHER_SPEC = 20, HEARTBEAT = 24 };

#define HEADER 5
#define PLAINTEXT_MAX 16384
#define EXPANSION_MAX 2048 /* TLS 1.2; 1.3 allows 256 */

bool tls_check(struct framing_state *state, const uint8_t *head, uint64_t total)
{
	(void)state;
	return head[0] >= CHANGE_CIPHER_SPEC && head[0] <= HEARTBEAT && head[1] == 3 &&
	       total <= HEADER + PLAINTEXT_MAX + EXPANSION_MAX;
}
