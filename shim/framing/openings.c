#include "openings.h"

/*
 * A row is here if nothing else that people run begins so, and no message of somebody's own behind a length
 * either. What is not here, and why, says the manual. Behind an escape of less than three digits stands no
 * digit.
 */

#define BETWEEN(protocol, side, low, high)                                       \
	{                                                                        \
		PRESET_##protocol, OPENING_##side, sizeof(low) - 1, 1, low, high \
	}
#define EXACTLY(protocol, side, bytes) BETWEEN(protocol, side, bytes, bytes)

/* Up to the first byte of what is asked for. */
#define METHOD(word) BETWEEN(AUTO, EITHER, word " *", word " z")
#define METHODS                                                                                            \
	METHOD("GET"), METHOD("HEAD"), METHOD("POST"), METHOD("PUT"), METHOD("DELETE"), METHOD("OPTIONS"), \
	    METHOD("PATCH"), METHOD("TRACE"), METHOD("CONNECT"), METHOD("COPY"), METHOD("LOCK"),           \
	    METHOD("MKCOL"), METHOD("MOVE"), METHOD("PROPFIND"), METHOD("PROPPATCH"), METHOD("PURGE"),     \
	    METHOD("REPORT"), METHOD("SEARCH"), METHOD("UNLOCK"), METHOD("UNSUBSCRIBE"), METHOD("ACK"),    \
	    METHOD("BYE"), METHOD("CANCEL"), METHOD("INFO"), METHOD("INVITE"), METHOD("MESSAGE"),          \
	    METHOD("NOTIFY"), METHOD("PUBLISH"), METHOD("REFER"), METHOD("REGISTER"), METHOD("SUBSCRIBE"), \
	    METHOD("UPDATE")

/* 4, 5 and 8 zeros; so many bytes of any kind, between LOW and HIGH. */
#define ZERO4 "\0\0\0\0"
#define ZERO5 ZERO4 "\0"
#define ZERO8 ZERO4 ZERO4
#define LOW4 ZERO4
#define LOW8 ZERO8
#define HIGH4 "\xff\xff\xff\xff"
#define HIGH8 HIGH4 HIGH4

#define SYSLOG(low, high)                                                     \
	BETWEEN(OCTET_COUNTING, EITHER, low " <0>1 2", high " <9>1 2"),       \
	    BETWEEN(OCTET_COUNTING, EITHER, low " <10>1 2", high " <99>1 2"), \
	    BETWEEN(OCTET_COUNTING, EITHER, low " <100>1 2", high " <199>1 2")
#define MARKER HIGH8 HIGH8
#define POSTGRES_OK "R\0\0\0\x8" ZERO4 "S\0\0\0"
#define POSTGRES_SCRAM_LOW "R\0\0\0\x17\0\0\0\nSCRAM-SHA-256"
#define POSTGRES_SCRAM_HIGH "R\0\0\0\xff\0\0\0\nSCRAM-SHA-256"
#define BITCOIN(magic) \
	BETWEEN(BITCOIN, EITHER, magic "version" ZERO5 "\x55\0\0\0", magic "version" ZERO5 "\xff\1\0\0")
#define DOIP(version)                                                      \
	BETWEEN(DOIP, CLIENT, version "\0\5\0\0\0\7\0\0\0" ZERO4,          \
		version "\0\5\0\0\0\xb\xff\xff\xff" ZERO4),                \
	    BETWEEN(DOIP, SERVER, version "\0\6\0\0\0\x9" LOW4 "\0" ZERO4, \
		    version "\0\6\0\0\0\xd" HIGH4 "\x11" ZERO4)
/* Of the names in the map of strings, all that are usual begin with 11 capital letters. */
#define STARTUP_LOW "\1\0\0\0\x16\0\1\0\xb"
#define STARTUP_HIGH "\1\0\0\0\xff\0\x8\0\x11"
#define SUPPORTED_LOW "\0\1\0\13AAAAAAAAAAA"
#define SUPPORTED_HIGH "\0\40\0\32___________"
#define CQL(protocol, low, high, low_answer, high_answer)                                 \
	BETWEEN(protocol, CLIENT, low "\0\0\0" STARTUP_LOW "AAAAAAAAAAA",                 \
		high "\x13\0\xff" STARTUP_HIGH "___________"),                            \
	    BETWEEN(protocol, CLIENT, low "\0\0\0\5" ZERO4 low "\0\0\0" STARTUP_LOW "AA", \
		    high "\x10\0\xff\5" ZERO4 high "\x13\0\xff" STARTUP_HIGH "__"),       \
	    BETWEEN(protocol, SERVER, low_answer "\0\0\0\6\0\0\0\x11" SUPPORTED_LOW,      \
		    high_answer "\x10\0\xff\6\0\0\0\xff" SUPPORTED_HIGH),                 \
	    BETWEEN(protocol, SERVER, low_answer "\0\0\0\6\0\0\1\0" SUPPORTED_LOW,        \
		    high_answer "\x10\0\xff\6\0\0\4\xff" SUPPORTED_HIGH)
#define START_TLS "w\x18\x80\0261.3.6.1.4.1.146"

const struct opening framing_openings[] = {
    /* TLS: a record of at most 16 KiB with a ClientHello or ServerHello of less than 64 KiB, or an alert */
    BETWEEN(TLS, EITHER, "\x16\3\1\0\0\1\0", "\x16\3\4\x40\xff\2\0"),
    BETWEEN(TLS, EITHER, "\x15\3\1\0\2", "\x15\3\4\0\2"),

    /* HTTP/2: the preface; a server's SETTINGS, at most 42 of them, the first with a number that it has.
     * A length-prefixed message of 4 zero bytes looks like an empty one: that needs the acknowledgement or
     * WINDOW_UPDATE that comes next */
    EXACTLY(HTTP2, CLIENT, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
    {PRESET_HTTP2, OPENING_SERVER, 11, 6, "\0\0\6\4" ZERO4 "\0\0\1", "\0\0\xfc\4" ZERO4 "\0\0\x10"},
    EXACTLY(HTTP2, SERVER, "\0\0\0\4" ZERO5 "\0\0\0\4\1" ZERO4),
    EXACTLY(HTTP2, SERVER, "\0\0\0\4" ZERO5 "\0\0\4\x8\0" ZERO4),

    /* ZMTP: the signature; its length or padding is at most 256 in everything that is known to speak it */
    BETWEEN(ZMTP, EITHER, "\xff" ZERO8 "\x7f", "\xff\0\0\0\0\0\0\1\xff\x7f"),

    /* HTTP/1: a status line; requests, and SIP's, by the end of their first line */
    BETWEEN(HTTP1, SERVER, "HTTP/1.0 100 ", "HTTP/1.1 599 "),
    BETWEEN(HTTP1, SERVER, "HTTP/1.0 100\r", "HTTP/1.1 599\r"),
    BETWEEN(SIP, EITHER, "SIP/2.0 100 ", "SIP/2.0 699 "),
    METHODS,
    BETWEEN(CONTENT_LENGTH, EITHER, "Content-Length: 1", "Content-Length: 9"),

    /* SMTP and LMTP */
    BETWEEN(SMTP, CLIENT, "EHLO 0", "EHLO z"),
    BETWEEN(SMTP, CLIENT, "ehlo 0", "ehlo z"),
    BETWEEN(SMTP, CLIENT, "LHLO 0", "LHLO z"),
    BETWEEN(SMTP, CLIENT, "lhlo 0", "lhlo z"),

    /* STOMP */
    BETWEEN(STOMP, CLIENT, "STOMP\na", "STOMP\nz"),
    EXACTLY(STOMP, CLIENT, "CONNECT\naccept-version:"),
    EXACTLY(STOMP, CLIENT, "CONNECT\nheart-beat:"),
    EXACTLY(STOMP, CLIENT, "CONNECT\nhost:"),
    EXACTLY(STOMP, CLIENT, "CONNECT\nlogin:"),
    EXACTLY(STOMP, CLIENT, "CONNECT\npasscode:"),
    EXACTLY(STOMP, SERVER, "CONNECTED\nsession:"),
    EXACTLY(STOMP, SERVER, "CONNECTED\nversion:"),
    EXACTLY(STOMP, SERVER, "CONNECTED\nheart-beat:"),
    EXACTLY(STOMP, SERVER, "CONNECTED\nserver:"),

    /* NATS */
    EXACTLY(NATS, SERVER, "INFO {\""),
    EXACTLY(NATS, CLIENT, "CONNECT {\""),

    /* Syslog: RFC 5424 behind its length */
    SYSLOG("10", "99"),
    SYSLOG("100", "999"),
    SYSLOG("1000", "9999"),

    /* Redis: a command, which as a reply would be an array of strings; the reply to HELLO 3 */
    BETWEEN(REDIS, GUESS, "*1\r\n$2\r\nAA", "*9\r\n$9\r\nzz"),
    BETWEEN(REDIS, GUESS, "*1\r\n$10\r\nAA", "*9\r\n$19\r\nzz"),
    BETWEEN(REDIS, GUESS, "*10\r\n$2\r\nAA", "*99\r\n$9\r\nzz"),
    BETWEEN(REDIS, GUESS, "*10\r\n$10\r\nAA", "*99\r\n$19\r\nzz"),
    BETWEEN(REDIS, SERVER, "%1\r\n$6\r\nserver\r\n", "%9\r\n$6\r\nserver\r\n"),

    /* PostgreSQL: a StartupMessage of version 3 with one of the parameters that drivers begin with; requests
     * for encryption and to cancel. A server's answers to those, up to what it says next */
    BETWEEN(POSTGRES, CLIENT, "\0\0\0\x10\0\3\0\0user\0", "\0\0\0\xff\0\3\0\2user\0"),
    BETWEEN(POSTGRES, CLIENT, "\0\0\1\0\0\3\0\0user\0", "\0\0\x27\xff\0\3\0\2user\0"),
    BETWEEN(POSTGRES, CLIENT, "\0\0\0\x10\0\3\0\0database\0", "\0\0\0\xff\0\3\0\2database\0"),
    BETWEEN(POSTGRES, CLIENT, "\0\0\1\0\0\3\0\0database\0", "\0\0\x27\xff\0\3\0\2database\0"),
    BETWEEN(POSTGRES, CLIENT, "\0\0\0\x10\0\3\0\0client_encoding\0", "\0\0\0\xff\0\3\0\2client_encoding\0"),
    BETWEEN(POSTGRES, CLIENT, "\0\0\1\0\0\3\0\0client_encoding\0", "\0\0\x27\xff\0\3\0\2client_encoding\0"),
    BETWEEN(POSTGRES, CLIENT, "\0\0\0\x8\4\xd2\x16\x2f", "\0\0\0\x8\4\xd2\x16\x30"),
    EXACTLY(POSTGRES, CLIENT, "\0\0\0\x10\4\xd2\x16\x2e"),
    BETWEEN(POSTGRES, SERVER, POSTGRES_OK "\0AAAAAAAA", POSTGRES_OK "\xffzzzzzzzz"),
    BETWEEN(POSTGRES, SERVER, "N" POSTGRES_OK "\0AAAAAAAA", "N" POSTGRES_OK "\xffzzzzzzzz"),
    BETWEEN(POSTGRES, SERVER, "NN" POSTGRES_OK "\0AAAAAAAA", "NN" POSTGRES_OK "\xffzzzzzzzz"),
    BETWEEN(POSTGRES, SERVER, POSTGRES_SCRAM_LOW, POSTGRES_SCRAM_HIGH),
    BETWEEN(POSTGRES, SERVER, "N" POSTGRES_SCRAM_LOW, "N" POSTGRES_SCRAM_HIGH),
    BETWEEN(POSTGRES, SERVER, "NN" POSTGRES_SCRAM_LOW, "NN" POSTGRES_SCRAM_HIGH),
    BETWEEN(POSTGRES, SERVER, "S\x16\3\1\0\0\2\0", "S\x16\3\4\x40\xff\2\0"),

    /* MySQL: the greeting's number, protocol and version; an answer with its 11 first reserved zeros, of a
     * client that has PROTOCOL_41 and SECURE_CONNECTION and says one of the usual sizes of packets */
    BETWEEN(MYSQL, SERVER, "\x20\0\0\0\n1.0.", "\xff\0\0\0\n9.9."),
    BETWEEN(MYSQL, SERVER, "\x20\0\0\0\n1.00", "\xff\0\0\0\n9.99"),
    BETWEEN(MYSQL, SERVER, "\x20\0\0\0\n10.0", "\xff\0\0\0\n99.9"),
    BETWEEN(MYSQL, CLIENT, "\x20\0\0\1\0\x82\0\0\0\0\0\1\1" ZERO8 "\0\0\0",
	    "\xff\0\0\1\xff\xff\xff\xff\0\0\0\1\xff" ZERO8 "\0\0\0"),
    BETWEEN(MYSQL, CLIENT, "\x20\0\0\1\0\x82\0\0\xff\xff\xff\0\1" ZERO8 "\0\0\0",
	    "\xff\0\0\1\xff\xff\xff\xff\xff\xff\xff\0\xff" ZERO8 "\0\0\0"),
    BETWEEN(MYSQL, CLIENT, "\x20\0\0\1\0\x82\0\0\0\0\x10\0\1" ZERO8 "\0\0\0",
	    "\xff\0\0\1\xff\xff\xff\xff\0\0\x10\0\xff" ZERO8 "\0\0\0"),
    BETWEEN(MYSQL, CLIENT, "\x20\0\0\1\0\x82\0\0\0\0\0\x40\1" ZERO8 "\0\0\0",
	    "\xff\0\0\1\xff\xff\xff\xff\0\0\0\x40\xff" ZERO8 "\0\0\0"),

    /* MongoDB: OP_MSG with a document, from a client, or a server's that answers; OP_QUERY of admin.$cmd */
    BETWEEN(MONGODB, EITHER, "\x1a\0\0\0" LOW4 ZERO4 "\xdd\7\0\0\0\0\0\0\0\5\0\0",
	    "\xff\0\0\0" HIGH4 ZERO4 "\xdd\7\0\0\3\0\1\0\0\xff\xff\0"),
    BETWEEN(MONGODB, EITHER, "\0\1\0\0" LOW8 "\xdd\7\0\0\0\0\0\0\0\0\0\0",
	    "\xff\xff\0\0" HIGH8 "\xdd\7\0\0\3\0\1\0\0\xff\xff\0"),
    BETWEEN(MONGODB, EITHER, "\x1a\0\0\0" LOW4 ZERO4 "\xd4\7\0\0" ZERO4 "admi",
	    "\xff\0\0\0" HIGH4 ZERO4 "\xd4\7\0\0\xff\0\0\0admi"),
    BETWEEN(MONGODB, EITHER, "\0\1\0\0" LOW4 ZERO4 "\xd4\7\0\0" ZERO4 "admi",
	    "\xff\xff\0\0" HIGH4 ZERO4 "\xd4\7\0\0\xff\0\0\0admi"),

    /* Cassandra: STARTUP, that behind OPTIONS, SUPPORTED */
    CQL(CQL4, "\3", "\4", "\x83", "\x84"),
    CQL(CQL5, "\5", "\5", "\x85", "\x85"),

    /* TDS: PRELOGIN and the answer, with the version first and encryption behind it */
    BETWEEN(TDS, CLIENT, "\x12\1\0\x14" ZERO5 "\0\xb\0\6\1\0\x11\0\1",
	    "\x12\1\0\xff\0\0\1\0\0\0\x3f\0\6\1\0\x45\0\1"),
    BETWEEN(TDS, SERVER, "\4\1\0\x14" ZERO5 "\0\xb\0\6\1\0\x11\0\1",
	    "\4\1\0\xff\0\0\1\0\0\0\x3f\0\6\1\0\x45\0\1"),

    /* MQTT: CONNECT of any version, by the name of the protocol */
    BETWEEN(MQTT, CLIENT, "\x10\xc\0\4MQTT", "\x10\x7f\0\4MQTT"),
    BETWEEN(MQTT, CLIENT, "\x10\x80\1\0\4MQTT", "\x10\xff\x7f\0\4MQTT"),
    BETWEEN(MQTT, CLIENT, "\x10\x80\x80\1\0\4MQTT", "\x10\xff\xff\x7f\0\4MQTT"),
    BETWEEN(MQTT, CLIENT, "\x10\xc\0\6MQIsdp", "\x10\x7f\0\6MQIsdp"),
    BETWEEN(MQTT, CLIENT, "\x10\x80\1\0\6MQIsdp", "\x10\xff\x7f\0\6MQIsdp"),

    /* AMQP: the protocol's header, Connection.Start */
    EXACTLY(AMQP, EITHER, "AMQP\0\0\x9\1"),
    BETWEEN(AMQP, SERVER, "\1\0\0\0\0\0\0\0\xa\0\xa\0\x9", "\1\0\0\0\0\xff\xff\0\xa\0\xa\0\x9"),
    EXACTLY(AMQP1, EITHER, "AMQP\0\1\0\0"),
    BETWEEN(AMQP1, EITHER, "AMQP\2\1\0\0", "AMQP\3\1\0\0"),

    /* Kafka: ApiVersions with the name of a client. Thrift: a strict header of the binary protocol, and the
     * first letter of a method */
    BETWEEN(KAFKA, CLIENT, "\0\0\0\xb\0\x12\0\0\0\0\0\0\0\1A", "\0\0\0\xff\0\x12\0\4\0\0\0\3\0\x7fz"),
    BETWEEN(THRIFT, EITHER, "\0\0\0\0\x80\1\0\1\0\0\0\1A", "\0\0\xff\xff\x80\1\0\4\0\0\0\x7fz"),

    /* LDAP: bind requests, StartTLS, a search of the root DSE; the answers to the first two */
    BETWEEN(LDAP, CLIENT, "0\xc\2\1\0\x60\7\2\1\3\4", "0\x7f\2\1\x7f\x60\x7f\2\1\3\4"),
    BETWEEN(LDAP, CLIENT, "0\x81\x80\2\1\0\x60\7\2\1\3\4", "0\x81\xff\2\1\x7f\x60\x7f\2\1\3\4"),
    BETWEEN(LDAP, CLIENT, "0\x81\x80\2\1\0\x60\x81\x80\2\1\3\4", "0\x81\xff\2\1\x7f\x60\x81\xff\2\1\3\4"),
    BETWEEN(LDAP, CLIENT, "0\x82\1\0\2\1\0\x60\x82\0\0\2\1\3\4",
	    "0\x82\xff\xff\2\1\x7f\x60\x82\xff\xff\2\1\3\4"),
    BETWEEN(LDAP, CLIENT, "0\x84\0\0\0\0\2\1\0\x60\x84\0\0\0\0\2\1\3\4",
	    "0\x84\0\0\xff\xff\2\1\x7f\x60\x84\0\0\xff\xff\2\1\3\4"),
    BETWEEN(LDAP, CLIENT, "0\x1d\2\1\0" START_TLS, "0\x1d\2\1\x7f" START_TLS),
    BETWEEN(LDAP, CLIENT, "0\x14\2\1\0\x63\xf\4\0\n\1\0\n\1\0\2\1",
	    "0\x7f\2\1\x7f\x63\x7f\4\0\n\1\0\n\1\3\2\1"),
    BETWEEN(LDAP, SERVER, "0\xc\2\1\0\x61\7\n\1\0\4", "0\x7f\2\1\x7f\x61\x7f\n\1\x7f\4"),
    BETWEEN(LDAP, SERVER, "0\x81\x80\2\1\0\x61\x81\x80\n\1\0\4", "0\x81\xff\2\1\x7f\x61\x81\xff\n\1\x7f\4"),
    BETWEEN(LDAP, SERVER, "0\x84\0\0\0\0\2\1\0\x61\x84\0\0\0\0\n\1\0\4",
	    "0\x84\0\0\xff\xff\2\1\x7f\x61\x84\0\0\xff\xff\n\1\x7f\4"),
    BETWEEN(LDAP, SERVER, "0\xc\2\1\0\x78\7\n\1\0\4", "0\x7f\2\1\x7f\x78\x7f\n\1\x7f\4"),

    /* ONC RPC: a call, in one fragment of less than 256 bytes, of a well-known program or one that users have
     * numbered */
    BETWEEN(SUNRPC, CLIENT, "\x80\0\0\x28" LOW4 ZERO4 "\0\0\0\2\0\1\x86\0\0\0\0\1",
	    "\x80\0\0\xff" HIGH4 ZERO4 "\0\0\0\2\0\1\x87\xff\0\0\0\x9"),
    BETWEEN(SUNRPC, CLIENT, "\x80\0\0\x28" LOW4 ZERO4 "\0\0\0\2\x20\0\0\0\0\0\0\1",
	    "\x80\0\0\xff" HIGH4 ZERO4 "\0\0\0\2\x3f\xff\xff\xff\0\0\0\x9"),

    /* FastCGI: BEGIN_REQUEST with a role. CORBA. D-Bus: a client's first line */
    BETWEEN(FASTCGI, CLIENT, "\1\1\0\1\0\x8\0\0\0\1\0" ZERO5, "\1\1\0\xff\0\x8\0\0\0\3\1" ZERO5),
    BETWEEN(GIOP, EITHER, "GIOP\1\0\0\0", "GIOP\1\3\7\7"),
    BETWEEN(DBUS, CLIENT, "\0AUTH AAA", "\0AUTH ZZZ"),

    /* NetBIOS: a session request and the answer; SMB without one */
    BETWEEN(NETBIOS, CLIENT,
	    "\x81\0\0\x44\x20"
	    "AAAAAAAAAAAAAAAAAAA",
	    "\x81\0\0\x44\x20PPPPPPPPPPPPPPPPPPP"),
    BETWEEN(NETBIOS, SERVER, "\x82\0\0\0\0\0\0\0\xfeSMB", "\x82\0\0\0\0\0\xff\xff\xffSMB"),
    BETWEEN(NETBIOS, EITHER, "\0\0\0\0\xfeSMB", "\0\0\xff\xff\xffSMB"),

    /* TPKT: the request for a connection, and the answer, with a parameter of COTP's: S7, MMS */
    BETWEEN(TPKT, EITHER, "\3\0\0\xe\x9\xe0\0\0\0\0\0\xc0\1", "\3\0\0\xff\xfe\xe0\0\0\xff\xff\0\xc2\x10"),
    BETWEEN(TPKT, EITHER, "\3\0\0\xe\x9\xd0\0\0\0\0\0\xc0\1", "\3\0\0\xff\xfe\xd0\xff\xff\xff\xff\0\xc2\x10"),

    /* BGP: OPEN. Diameter: the exchange of capabilities, with Origin-Host or Result-Code first */
    BETWEEN(BGP, EITHER, MARKER "\0\0\1\4", MARKER "\x10\xff\1\4"),
    BETWEEN(DIAMETER, EITHER, "\1\0\0\0\x80\0\1\1" ZERO4 LOW8 "\0\0\1\x8",
	    "\1\0\3\xff\x80\0\1\1" ZERO4 HIGH8 "\0\0\1\x8"),
    BETWEEN(DIAMETER, EITHER, "\1\0\0\0\0\0\1\1" ZERO4 LOW8 "\0\0\1\x8",
	    "\1\0\3\xff\x20\0\1\1" ZERO4 HIGH8 "\0\0\1\xc"),

    /* DoIP: routing activation, and the answer */
    DOIP("\1\xfe"),
    DOIP("\2\xfd"),
    DOIP("\3\xfc"),

    /* Bitcoin, its test networks (3, 4, signet, regtest); Litecoin, Dogecoin, Dash, Bitcoin Cash, Zcash */
    BITCOIN("\xf9\xbe\xb4\xd9"),
    BITCOIN("\xb\x11\x9\x7"),
    BITCOIN("\x1c\x16\x3f\x28"),
    BITCOIN("\xa\3\xcf\x40"),
    BITCOIN("\xfa\xbf\xb5\xda"),
    BITCOIN("\xfb\xc0\xb6\xdb"),
    BITCOIN("\xfd\xd2\xc8\xf1"),
    BITCOIN("\xc0\xc0\xc0\xc0"),
    BITCOIN("\xfc\xc1\xb7\xdc"),
    BITCOIN("\xbf\xc\x6b\xbd"),
    BITCOIN("\xe3\xe1\xf3\xe8"),
    BITCOIN("\x24\xe9\x27\x64"),
};

const size_t framing_openings_count = sizeof(framing_openings) / sizeof(framing_openings[0]);
