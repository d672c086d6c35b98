#ifndef POISONSHIM_FRAMING_PRESETS_H
#define POISONSHIM_FRAMING_PRESETS_H

#include "../hidden.h"
#include "framing.h"

/* The framings that are complete by their name: rows of presets.c, in this order. */
enum preset {
	PRESET_AUTO,
	PRESET_CALL,
	PRESET_EXPLICIT,
	PRESET_OFF,
	PRESET_LINE,
	PRESET_VARINT32,
	PRESET_TLS,
	PRESET_HTTP2,
	PRESET_ZMTP,
	PRESET_REDIS,
	PRESET_AMQP,
	PRESET_AMQP1,
	PRESET_DNS,
	PRESET_SMPP,
	PRESET_MODBUS,
	PRESET_DOIP,
	PRESET_BGP,
	PRESET_DIAMETER,
	PRESET_TPKT,
	PRESET_NETBIOS,
	PRESET_BITCOIN,
	PRESET_SSH_AGENT,
	PRESET_MEMCACHED_BINARY,
	PRESET_MQTT,
	PRESET_GIOP,
	PRESET_SUNRPC,
	PRESET_FASTCGI,
	PRESET_PROTOBUF,
	PRESET_KAFKA,
	PRESET_THRIFT,
	PRESET_POSTGRES,
	PRESET_WEBSOCKET,
	PRESET_CONTENT_LENGTH,
	PRESET_SIP,
	PRESET_MONGODB,
	PRESET_CQL4,
	PRESET_CQL5,
	PRESET_OCTET_COUNTING,
	PRESET_NETSTRING,
	PRESET_DBUS,
	PRESET_HTTP1,
	PRESET_MEMCACHED,
	PRESET_MYSQL,
	PRESET_TDS,
	PRESET_ASN1,
	PRESET_LDAP,
	PRESET_SMTP,
	PRESET_STOMP,
	PRESET_NATS,
	PRESET_IMAP,
	PRESETS
};

extern HIDDEN struct framing framing_presets[PRESETS];

/* Fills in what is computed in the rows, once. Before the first stream. */
void framing_prepare_presets(void);

static inline const struct framing *preset(enum preset preset)
{
	return &framing_presets[preset];
}

/* From the next byte on, the stream is one of that preset, at its first byte. Only at a boundary. */
void framing_become(struct framing_state *state, enum preset preset);

/* The same for anybody who may parse: a value of framing_state.parser. */
void framing_begin_anew(struct framing_state *state, unsigned parser);

/* The `check` of length_field for protocols that need one. */
bool tls_check(struct framing_state *state, const uint8_t *head, uint64_t total);
bool smpp_check(struct framing_state *state, const uint8_t *head, uint64_t total);
bool doip_check(struct framing_state *state, const uint8_t *head, uint64_t total);
bool bgp_check(struct framing_state *state, const uint8_t *head, uint64_t total);
bool diameter_check(struct framing_state *state, const uint8_t *head, uint64_t total);
bool netbios_check(struct framing_state *state, const uint8_t *head, uint64_t total);
bool mongodb_check(struct framing_state *state, const uint8_t *head, uint64_t total);
bool cql4_check(struct framing_state *state, const uint8_t *head, uint64_t total);
bool fastcgi_check(struct framing_state *state, const uint8_t *head, uint64_t total);
bool memcached_binary_check(struct framing_state *state, const uint8_t *head, uint64_t total);
bool bitcoin_check(struct framing_state *state, const uint8_t *head, uint64_t total);

#endif
