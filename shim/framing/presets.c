#include "presets.h"

#include "prepare.h"

/* One row is one name for POISONSHIM_FRAMING and POISONSHIM_RULES. A length-prefixed protocol is one
 * LENGTH_FIELD row: the fields of struct length_field that are not 0 (offset, length, adjustment,
 * little_endian, mask...). */

#define LENGTH_FIELD(...) .class = &framing_length_field, .length = {__VA_ARGS__}
#define DELIMITER(length_, ...)      \
	.class = &framing_delimiter, \
	.delimiter = {.count = 1, .longest = length_, .length = {length_}, .bytes = {{__VA_ARGS__}}}

#define BGP_MARKER \
	0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff

struct framing framing_presets[PRESETS] = {
    [PRESET_AUTO] = {.name = "auto", .class = &framing_auto},
    [PRESET_CALL] = {.name = "call", .class = &framing_call},
    [PRESET_EXPLICIT] = {.name = "explicit", .class = &framing_explicit},
    [PRESET_OFF] = {.name = "off", .class = &framing_off},
    [PRESET_LINE] = {.name = "line", DELIMITER(1, '\n')},
    [PRESET_VARINT32] = {.name = "varint32", .class = &framing_varint32},
    [PRESET_TLS] = {.name = "tls", LENGTH_FIELD(.offset = 3, .length = 2, .check = tls_check)},
    [PRESET_HTTP2] = {.name = "http2", .class = &framing_http2, .has_unit = true, .sniffs_tls = true},
    [PRESET_ZMTP] = {.name = "zmtp", .class = &framing_zmtp, .has_unit = true},
    [PRESET_REDIS] = {.name = "redis", .class = &framing_redis, .sniffs_tls = true},
    [PRESET_AMQP] = {.name = "amqp", .class = &framing_amqp, .has_unit = true, .sniffs_tls = true},
    [PRESET_AMQP1] = {.name = "amqp1", .class = &framing_amqp1, .sniffs_tls = true},
    [PRESET_DNS] = {.name = "dns", LENGTH_FIELD(.length = 2)}, /* RFC 1035, 4.2.2 */
    /* SMPP 5.0, 3.2: command_length counts itself; no field has more than 64 KiB, and few PDUs two such
       fields */
    [PRESET_SMPP] = {.name = "smpp",
		     .max = 1 << 20,
		     .sniffs_tls = true,
		     LENGTH_FIELD(.length = 4, .adjustment = -4, .look = 8, .least = 16,
				  .check = smpp_check)},
    /* MODBUS Messaging on TCP/IP 1.0b, 3.1.3: protocol identifier 0; unit and function at least, 254 bytes at
     * most, but Schneider's UMAS, function 5a, agrees on about 1 KiB */
    [PRESET_MODBUS] = {.name = "modbus",
		       .max = 2 << 10,
		       LENGTH_FIELD(.offset = 4, .length = 2, .magic_offset = 2, .magic_length = 2,
				    .least = 8)},
    /* ISO 13400-2, 9.2 */
    [PRESET_DOIP] = {.name = "doip",
		     .sniffs_tls = true,
		     LENGTH_FIELD(.offset = 4, .length = 4, .check = doip_check)},
    /* RFC 4271, 4.1; RFC 8654: up to 65,535 bytes */
    [PRESET_BGP] = {.name = "bgp",
		    .sniffs_tls = true,
		    LENGTH_FIELD(.offset = 16, .length = 2, .adjustment = -18, .look = 19, .magic_length = 16,
				 .magic = {BGP_MARKER}, .check = bgp_check)},
    /* RFC 6733, 3; TLS may follow the exchange of capabilities, 13.1 */
    [PRESET_DIAMETER] = {.name = "diameter",
			 .sniffs_tls = true,
			 LENGTH_FIELD(.offset = 1, .length = 3, .adjustment = -4, .magic_length = 1,
				      .magic = {1}, .least = 20, .check = diameter_check)},
    /* RFC 1006, 6; an empty one keeps H.323 alive (H.460.18). RDP goes on with TLS ([MS-RDPBCGR] 5.4.5.1) */
    [PRESET_TPKT] = {.name = "tpkt",
		     .sniffs_tls = true,
		     LENGTH_FIELD(.offset = 2, .length = 2, .adjustment = -4, .magic_length = 2,
				  .magic = {3})},
    /* RFC 1002, 4.3.1; [MS-SMB2] 2.1: 24 bits of length */
    [PRESET_NETBIOS] = {.name = "netbios",
			.sniffs_tls = true,
			LENGTH_FIELD(.offset = 1, .length = 3, .check = netbios_check)},
    /* Bitcoin Core, src/protocol.h CMessageHeader; relatives have larger blocks */
    [PRESET_BITCOIN] = {.name = "bitcoin",
			.max = 1 << 30,
			LENGTH_FIELD(.offset = 16, .length = 4, .adjustment = 4, .little_endian = true,
				     .look = 24, .check = bitcoin_check)},
    /* RFC 9987, 3; OpenSSH, ssh-agent.c AGENT_MAX_LEN */
    [PRESET_SSH_AGENT] = {.name = "ssh-agent", .max = 4 + (256 << 10), LENGTH_FIELD(.length = 4, .least = 5)},
    /* memcached, protocol_binary.h */
    [PRESET_MEMCACHED_BINARY] = {.name = "memcached-binary",
				 .sniffs_tls = true,
				 LENGTH_FIELD(.offset = 8, .length = 4, .adjustment = 12, .least = 24,
					      .check = memcached_binary_check)},
    [PRESET_MQTT] = {.name = "mqtt", .class = &framing_mqtt, .sniffs_tls = true},
    [PRESET_GIOP] = {.name = "giop", .class = &framing_giop, .has_unit = true, .sniffs_tls = true},
    /* RFC 5531, section 11; no fragment is longer than the limit, but text read as one is. TLS may follow the
     * first call: RFC 9289, 4.1 */
    [PRESET_SUNRPC] = {.name = "sunrpc",
		       .max = 256 << 20,
		       .sniffs_tls = true,
		       .has_unit = true,
		       LENGTH_FIELD(.length = 4, .mask = 0x7fffffff, .last = 0x80000000)},
    [PRESET_FASTCGI] = {.name = "fastcgi",
			.sniffs_tls = true,
			LENGTH_FIELD(.offset = 4, .length = 2, .adjustment = 2, .pad_offset = 6,
				     .pad_length = 1, .look = 8, .check = fastcgi_check)},
    [PRESET_PROTOBUF] = {.name = "protobuf", .class = &framing_varint32},
    /* kafka.apache.org/protocol; a broker takes at most 100 MiB by default. Text or a TLS record would be a
     * message of more than the limit */
    [PRESET_KAFKA] = {.name = "kafka", .max = 256 << 20, .sniffs_tls = true, LENGTH_FIELD(.length = 4)},
    /* Apache Thrift, doc/specs/thrift-rpc.md; HeaderFormat.md: THeader goes inside of the frame */
    [PRESET_THRIFT] = {.name = "thrift", .max = 256 << 20, .sniffs_tls = true, LENGTH_FIELD(.length = 4)},
    [PRESET_POSTGRES] = {.name = "postgres", .class = &framing_postgres, .sniffs_tls = true},
    [PRESET_WEBSOCKET] = {.name = "websocket", .class = &framing_websocket, .has_unit = true},
    [PRESET_CONTENT_LENGTH] = {.name = "content-length", .class = &framing_content_length},
    [PRESET_SIP] = {.name = "sip", .class = &framing_sip, .sniffs_tls = true},
    /* MongoDB, wire protocol: messageLength counts itself; maxMessageSizeBytes is 48,000,000 */
    [PRESET_MONGODB] = {.name = "mongodb",
			.max = 64 << 20,
			LENGTH_FIELD(.length = 4, .adjustment = -4, .little_endian = true, .look = 16,
				     .check = mongodb_check)},
    /* Cassandra, native_protocol_v4.spec, section 2: a body of 256 MB at most */
    [PRESET_CQL4] = {.name = "cql4",
		     .max = 9 + (256 << 20),
		     LENGTH_FIELD(.offset = 5, .length = 4, .check = cql4_check)},
    [PRESET_CQL5] = {.name = "cql5", .class = &framing_cql5, .sniffs_tls = true, .has_unit = true},
    [PRESET_OCTET_COUNTING] = {.name = "octet-counting",
			       .class = &framing_octet_counting,
			       .sniffs_tls = true},
    [PRESET_NETSTRING] = {.name = "netstring", .class = &framing_netstring, .sniffs_tls = true},
    [PRESET_DBUS] = {.name = "dbus", .class = &framing_dbus},
    [PRESET_HTTP1] = {.name = "http1", .class = &framing_http1, .sniffs_tls = true},
    [PRESET_MEMCACHED] = {.name = "memcached", .class = &framing_memcached, .sniffs_tls = true},
    [PRESET_MYSQL] = {.name = "mysql", .class = &framing_mysql, .has_unit = true, .sniffs_tls = true},
    [PRESET_TDS] = {.name = "tds", .class = &framing_tds, .sniffs_tls = true, .has_unit = true},
    [PRESET_ASN1] = {.name = "asn1", .class = &framing_asn1},
    [PRESET_LDAP] = {.name = "ldap", .class = &framing_ldap, .sniffs_tls = true},
    [PRESET_SMTP] = {.name = "smtp", .class = &framing_smtp, .sniffs_tls = true},
    [PRESET_STOMP] = {.name = "stomp", .class = &framing_stomp, .sniffs_tls = true},
    [PRESET_NATS] = {.name = "nats", .class = &framing_nats, .sniffs_tls = true},
    [PRESET_IMAP] = {.name = "imap", .class = &framing_imap, .sniffs_tls = true},
};

void framing_prepare_presets(void)
{
	if (framing_presets[0].stages)
		return;
	for (unsigned i = 0; i < PRESETS; i++) {
		framing_presets[i].protocol = framing_presets[i].name;
		framing_prepare(&framing_presets[i]);
	}
}

void framing_begin_anew(struct framing_state *state, unsigned parser)
{
	*state = (struct framing_state){
	    .messages = state->messages,
	    .server = state->server,
	    .parser = parser & 0x7fU,
	};
}

void framing_become(struct framing_state *state, enum preset preset)
{
	framing_begin_anew(state, FRAMING_STAGES_MAX + (unsigned)preset);
}
