#include "type_words.h"

/* The tag behind the message id of LDAPMessage: 30 length 02 length id tag. */
static bool ldap_tag(const struct message *message, uint32_t *value)
{
	const uint8_t *head = message->head;
	size_t at = 2;

	if (message->have < 3)
		return false;
	at += head[1] & 0x80 ? head[1] & 0x7fU : 0;
	if (at + 1 >= message->have || head[at] != 0x02)
		return false;
	at += 2U + head[at + 1];
	if (at >= message->have)
		return false;
	*value = head[at];
	return true;
}

#define IF(at_, bytes_) .if_at = at_, .if_length = sizeof(bytes_) - 1, .if_is = bytes_
#define NUMBER(at_, bytes_, words_) .at = at_, .bytes = bytes_, .words = words_

/* In the order of the manual where it does not matter; the first row that holds counts. */
const struct type_row type_rows[] = {
    {"amqp", IF(0, "AMQP"), .only = "protocol header"},
    {"amqp", IF(0, "\1"), NUMBER(7, 4, amqp_words)},
    {"amqp", NUMBER(0, 1, amqp_frame_words)},
    {"amqp1", IF(0, "AMQP"), .only = "protocol header"},
    {"amqp1", .length = 8, .only = "heartbeat"},
    {"amqp1", IF(8, "\0\x53"), NUMBER(10, 1, amqp1_words)},
    {"bgp", NUMBER(18, 1, bgp_words)},
    {"bitcoin", .at = 4, .text = 12},
    {"cql4", NUMBER(4, 1, cql_words)},
    {"dbus", IF(0, "\0"), .only = "credentials"},
    {"dbus", IF(0, "l"), NUMBER(1, 1, dbus_words)},
    {"dbus", IF(3, "\1"), NUMBER(1, 1, dbus_words)},
    {"dbus", .token = 1},
    {"diameter", NUMBER(5, 3, diameter_words)},
    {"dns", NUMBER(4, 2, dns_words), .mask = 0x8000},
    {"doip", NUMBER(2, 2, doip_words)},
    {"fastcgi", NUMBER(1, 1, fastcgi_words)},
    {"giop", NUMBER(7, 1, giop_words)},
    {"http1", IF(0, "HTTP/"), .token = 2},
    {"http1", .token = 1},
    {"http2", IF(0, "PRI "), .only = "preface"},
    {"http2", NUMBER(3, 1, http2_words)},
    {"imap", .role = TYPE_SERVER, IF(0, "+"), .only = "continuation"},
    {"imap", .token = 2},
    {"kafka", .role = TYPE_CLIENT, NUMBER(4, 2, kafka_words)},
    {"kafka", .role = TYPE_SERVER, .only = "response"},
    {"ldap", IF(0, "\0"), .only = "security layer"},
    {"ldap", .special = ldap_tag, .words = ldap_words},
    {"line", .token = 1},
    {"memcached", .token = 1},
    {"memcached-binary", NUMBER(1, 1, memcached_words)},
    {"modbus", NUMBER(7, 1, modbus_words)},
    {"mongodb", NUMBER(12, 4, mongodb_words), .little_endian = true},
    {"mqtt", NUMBER(0, 1, mqtt_words), .mask = 0xf0},
    {"mysql", .role = TYPE_CLIENT, IF(3, "\0"), NUMBER(4, 1, mysql_commands)},
    {"mysql", .role = TYPE_SERVER, .first = true, .only = "handshake"},
    {"mysql", .role = TYPE_SERVER, IF(3, "\1"), NUMBER(4, 1, mysql_answers), .otherwise = "answer"},
    {"mysql", .only = "packet"},
    {"nats", .token = 1},
    {"netbios", NUMBER(0, 1, netbios_words)},
    {"octet-counting", .token = 2},
    {"postgres", .role = TYPE_CLIENT, IF(0, "\0"), NUMBER(4, 4, postgres_startup_words)},
    {"postgres", .role = TYPE_CLIENT, NUMBER(0, 1, postgres_client_words)},
    {"postgres", .role = TYPE_SERVER, .length = 1, .only = "answer to SSLRequest"},
    {"postgres", .role = TYPE_SERVER, NUMBER(0, 1, postgres_server_words)},
    {"redis", .role = TYPE_CLIENT, IF(0, "*"), .token = 3},
    {"redis", .role = TYPE_CLIENT, .token = 1},
    {"redis", .role = TYPE_SERVER, NUMBER(0, 1, redis_words)},
    {"sip", IF(0, "\r\n"), .only = "keepalive"},
    {"sip", IF(0, "$"), .only = "interleaved"},
    {"sip", IF(0, "SIP/"), .token = 2},
    {"sip", IF(0, "RTSP/"), .token = 2},
    {"sip", .token = 1},
    {"smpp", NUMBER(4, 4, smpp_words)},
    {"smtp", .role = TYPE_CLIENT, .token = 1, .tokens = smtp_commands, .otherwise = "data"},
    {"smtp", .role = TYPE_SERVER, .token = 1},
    {"ssh-agent", NUMBER(4, 1, ssh_agent_words)},
    {"stomp", IF(0, "\n"), .only = "heart-beat"},
    {"stomp", IF(0, "\r"), .only = "heart-beat"},
    {"stomp", .token = 1},
    {"sunrpc", NUMBER(8, 4, sunrpc_words)},
    {"tds", NUMBER(0, 1, tds_words)},
    {"thrift", IF(4, "\x80\1"), NUMBER(7, 1, thrift_words)},
    {"thrift", IF(4, "\x82"), NUMBER(5, 1, thrift_compact_words), .mask = 0xe0},
    {"thrift", IF(4, "\x0f\xff"), .only = "THeader"},
    {"tls", NUMBER(0, 1, tls_words)},
    {"tpkt", NUMBER(5, 1, tpkt_words), .mask = 0xf0},
    {"websocket", NUMBER(0, 1, websocket_words), .mask = 0x0f},
    {"zmtp", .first = true, .only = "greeting"},
    {"zmtp", NUMBER(0, 1, zmtp_words), .mask = 7},
};

const size_t type_rows_count = sizeof(type_rows) / sizeof(type_rows[0]);
