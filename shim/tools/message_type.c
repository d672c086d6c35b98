#include "message_type.h"

#include <stdio.h>
#include <string.h>

#include "../line.h"

/* A number in the first bytes that says the type; `names` from 0 on, NULL where there is none. */
/* NOLINTNEXTLINE(clang-analyzer-optin.performance.Padding): rows are read in this order */
struct numbered {
	const char *protocol;
	uint8_t offset, length;
	bool little_endian;
	uint8_t shift; /* the type is what is left of the number when so many low bits are dropped */
	const char *const *names;
	uint8_t count;
};

#define NAMES(...) \
	(const char *const[]){__VA_ARGS__}, sizeof((const char *const[]){__VA_ARGS__}) / sizeof(char *)

static const struct numbered numbered[] = {
    {"amqp1", 5, 1, false, 0, NAMES("frame", "SASL")},
    {"bgp", 18, 1, false, 0, NAMES(NULL, "OPEN", "UPDATE", "NOTIFICATION", "KEEPALIVE", "ROUTE-REFRESH")},
    {"cql4", 4, 1, false, 0,
     NAMES("ERROR", NULL, "READY", "AUTHENTICATE", NULL, NULL, "SUPPORTED", "QUERY", "RESULT", "PREPARE",
	   "EXECUTE", "REGISTER", "EVENT", "BATCH", "AUTH_CHALLENGE", "AUTH_RESPONSE", "AUTH_SUCCESS")},
    {"dbus", 1, 1, false, 0, NAMES(NULL, "method call", "method return", "error", "signal")},
    {"diameter", 5, 3, false, 0, NULL, 0},
    {"dns", 2, 2, false, 0, NULL, 0},
    {"doip", 2, 2, false, 0, NULL, 0},
    {"fastcgi", 1, 1, false, 0,
     NAMES(NULL, "BEGIN_REQUEST", "ABORT_REQUEST", "END_REQUEST", "PARAMS", "STDIN", "STDOUT", "STDERR",
	   "DATA", "GET_VALUES", "GET_VALUES_RESULT", "UNKNOWN_TYPE")},
    {"giop", 7, 1, false, 0,
     NAMES("Request", "Reply", "CancelRequest", "LocateRequest", "LocateReply", "CloseConnection",
	   "MessageError", "Fragment")},
    {"http2", 3, 1, false, 0,
     NAMES("DATA", "HEADERS", "PRIORITY", "RST_STREAM", "SETTINGS", "PUSH_PROMISE", "PING", "GOAWAY",
	   "WINDOW_UPDATE", "CONTINUATION")},
    {"modbus", 7, 1, false, 0, NULL, 0},
    {"mongodb", 12, 4, true, 0, NULL, 0},
    {"mqtt", 0, 1, false, 4,
     NAMES(NULL, "CONNECT", "CONNACK", "PUBLISH", "PUBACK", "PUBREC", "PUBREL", "PUBCOMP", "SUBSCRIBE",
	   "SUBACK", "UNSUBSCRIBE", "UNSUBACK", "PINGREQ", "PINGRESP", "DISCONNECT", "AUTH")},
    {"mysql", 4, 1, false, 0, NULL, 0},
    {"smpp", 4, 4, false, 0, NULL, 0},
    {"ssh-agent", 4, 1, false, 0, NULL, 0},
    {"sunrpc", 8, 4, false, 0, NAMES("call", "reply")},
    {"tds", 0, 1, false, 0, NULL, 0},
    {"memcached-binary", 1, 1, false, 0,
     NAMES("GET", "SET", "ADD", "REPLACE", "DELETE", "INCREMENT", "DECREMENT", "QUIT", "FLUSH", "GETQ",
	   "NOOP", "VERSION", "GETK", "GETKQ", "APPEND", "PREPEND", "STAT")},
};

/* Kafka's request keys, of clients only. */
static const struct numbered kafka = {
    "kafka",
    4,
    2,
    false,
    0,
    NAMES("Produce", "Fetch", "ListOffsets", "Metadata", "LeaderAndIsr", "StopReplica", "UpdateMetadata",
	  "ControlledShutdown", "OffsetCommit", "OffsetFetch", "FindCoordinator", "JoinGroup", "Heartbeat",
	  "LeaveGroup", "SyncGroup", "DescribeGroups", "ListGroups", "SaslHandshake", "ApiVersions",
	  "CreateTopics", "DeleteTopics")};

static const struct numbered tls = {"tls",
				    0,
				    1,
				    false,
				    0,
				    NAMES(NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL,
					  NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL,
					  "change cipher spec", "alert", "handshake", "application data",
					  "heartbeat")};

static const char *const texts[] = {"http1", "sip", "memcached", "nats", "stomp", "smtp", "imap", "line"};

static uint32_t number_at(const uint8_t *p, size_t length, bool little_endian)
{
	uint32_t value = 0;

	for (size_t i = 0; i < length; i++)
		value = value << 8 | p[little_endian ? length - 1 - i : i];
	return value;
}

static bool say_number(struct line *line, const struct numbered *row, const uint8_t *head, size_t n)
{
	uint32_t value;

	if (n < (size_t)row->offset + row->length)
		return false;
	value = number_at(head + row->offset, row->length, row->little_endian) >> row->shift;
	if (value < row->count && row->names[value]) {
		line_text(line, row->names[value]);
		return true;
	}
	line_text(line, "type ");
	line_number(line, value);
	return true;
}

static bool is_word_end(uint8_t c)
{
	return c == ' ' || c == '\r' || c == '\n' || c == '\t' || c == '\0';
}

static size_t word_length(const uint8_t *p, size_t n)
{
	size_t length = 0;

	while (length < n && !is_word_end(p[length]))
		length++;
	return length;
}

/* The first `words` words of a line. */
static bool say_words(struct line *line, unsigned words, const uint8_t *head, size_t n)
{
	size_t at = 0;

	if (n == 0)
		return false;
	for (unsigned i = 0; i < words && at < n; i++) {
		size_t length = word_length(head + at, n - at);

		if (i && (head[at - 1] != ' ' || !length))
			break;
		line_text(line, i ? " " : "");
		line_printable(line, (const char *)head + at, length);
		at += length + 1;
	}
	if (!line->length)
		line_text(line, "empty line");
	return true;
}

/* The first string of an array is the command; a reply is named by its first byte. */
static bool say_redis(struct line *line, bool server, const uint8_t *head, size_t n)
{
	const uint8_t *at = head, *end = head + n;

	if (server || head[0] != '*')
		return say_words(line, 1, head, n);
	for (unsigned lines = 0; lines < 2; lines++) {
		at = memchr(at, '\n', (size_t)(end - at));
		if (!at++)
			return false;
	}
	return say_words(line, 1, at, (size_t)(end - at));
}

static bool say_postgres(struct line *line, const uint8_t *head, size_t n)
{
	if (head[0] == 0 && n >= 8) {
		uint32_t code = number_at(head + 4, 4, false);

		line_text(line, code == 80877103   ? "SSLRequest"
				: code == 80877104 ? "GSSENCRequest"
				: code == 80877102 ? "CancelRequest"
						   : "StartupMessage");
		return true;
	}
	line_printable(line, (const char *)head, 1);
	return true;
}

static bool say_amqp(struct line *line, const uint8_t *head, size_t n)
{
	static const char *const frames[] = {NULL, "method ", "header", "body",	    NULL,
					     NULL, NULL,      NULL,	"heartbeat"};

	if (head[0] == 'A') {
		line_text(line, "protocol header");
		return true;
	}
	if (n < 11 || head[0] > 8 || !frames[head[0]])
		return head[0] == 8 ? line_text(line, "heartbeat"), true : false;
	line_text(line, frames[head[0]]);
	if (head[0] == 1) {
		line_number(line, number_at(head + 7, 2, false));
		line_text(line, ".");
		line_number(line, number_at(head + 9, 2, false));
	}
	return true;
}

static bool say_websocket(struct line *line, const uint8_t *head)
{
	static const char *const opcodes[16] = {
	    "continuation", "text", "binary", [8] = "close", "ping", "pong"};
	const char *name = opcodes[head[0] & 0xf];

	line_text(line, name ? name : "reserved opcode");
	return true;
}

static bool say_zmtp(struct line *line, const uint8_t *head)
{
	line_text(line, head[0] == 0xff ? "greeting" : head[0] & 4 ? "command" : "message");
	return true;
}

static bool is(const char *protocol, const char *name)
{
	return strcmp(protocol, name) == 0;
}

static bool say_text(struct line *line, const char *protocol, const uint8_t *head, size_t n)
{
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		if (is(protocol, texts[i]))
			return say_words(
			    line,
			    is(protocol, "http1") || is(protocol, "sip") || is(protocol, "imap") ? 2 : 1,
			    head, n);
	return false;
}

static bool say(struct line *line, const char *protocol, bool server, const uint8_t *head, size_t n)
{
	if (is(protocol, "redis"))
		return say_redis(line, server, head, n);
	if (is(protocol, "postgres"))
		return say_postgres(line, head, n);
	if (is(protocol, "amqp"))
		return say_amqp(line, head, n);
	if (is(protocol, "websocket"))
		return say_websocket(line, head);
	if (is(protocol, "zmtp"))
		return say_zmtp(line, head);
	if (is(protocol, "http2") && memcmp(head, "PRI", 3) == 0)
		return line_text(line, "preface"), true;
	if (is(protocol, "kafka") && !server)
		return say_number(line, &kafka, head, n);
	if (is(protocol, "tls"))
		return say_number(line, &tls, head, n);
	for (size_t i = 0; i < sizeof(numbered) / sizeof(numbered[0]); i++)
		if (is(protocol, numbered[i].protocol))
			return say_number(line, &numbered[i], head, n);
	return say_text(line, protocol, head, n);
}

void message_type(char type[MESSAGE_TYPE_MAX], const char *protocol, bool server, const uint8_t *head,
		  size_t n)
{
	struct line line = line_in(type, MESSAGE_TYPE_MAX - 1);

	if (!n || !protocol || !say(&line, protocol, server, head, n)) {
		line = line_in(type, MESSAGE_TYPE_MAX - 1);
		line_hex_bytes(&line, head, n < 8 ? n : 8, " ");
	}
	type[line.length] = '\0';
}
