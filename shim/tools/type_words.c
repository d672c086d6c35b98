#include "type_words.h"

/* RFC 8446, 5.1; RFC 6520 */
const struct type_word tls_words[] = {
    {20, "change_cipher_spec"}, {21, "alert"},	   {22, "handshake"},
    {23, "application_data"},	{24, "heartbeat"}, {0, NULL},
};

/* RFC 9113, 6; RFC 7838; RFC 9218 */
const struct type_word http2_words[] = {
    {0, "DATA"},	 {1, "HEADERS"},  {2, "PRIORITY"},
    {3, "RST_STREAM"},	 {4, "SETTINGS"}, {5, "PUSH_PROMISE"},
    {6, "PING"},	 {7, "GOAWAY"},	  {8, "WINDOW_UPDATE"},
    {9, "CONTINUATION"}, {10, "ALTSVC"},  {16, "PRIORITY_UPDATE"},
    {0, NULL},
};

/* MORE 1, LONG 2, COMMAND 4 */
const struct type_word zmtp_words[] = {
    {0, "message"}, {2, "message"}, {1, "multipart message"}, {3, "multipart message"}, {4, "command"},
    {6, "command"}, {0, NULL},
};

/* RFC 6455, 5.2 */
const struct type_word websocket_words[] = {
    {0, "continuation"}, {1, "text"}, {2, "binary"}, {8, "close"}, {9, "ping"}, {10, "pong"}, {0, NULL},
};

const struct type_word dns_words[] = {{0, "query"}, {0x8000, "response"}, {0, NULL}};

const struct type_word thrift_words[] = {
    {1, "call"}, {2, "reply"}, {3, "exception"}, {4, "oneway"}, {0, NULL}};

const struct type_word thrift_compact_words[] = {
    {0x20, "call"}, {0x40, "reply"}, {0x60, "exception"}, {0x80, "oneway"}, {0, NULL}};

/* RFC 4271; RFC 2918 */
const struct type_word bgp_words[] = {
    {1, "OPEN"}, {2, "UPDATE"}, {3, "NOTIFICATION"}, {4, "KEEPALIVE"}, {5, "ROUTE-REFRESH"}, {0, NULL},
};

/* X.224, 13 */
const struct type_word tpkt_words[] = {
    {0xe0, "connection request"},
    {0xd0, "connection confirm"},
    {0x80, "disconnect request"},
    {0xc0, "disconnect confirm"},
    {0xf0, "data"},
    {0x10, "expedited data"},
    {0x70, "error"},
    {0, NULL},
};

/* RFC 1002, 4.3 */
const struct type_word netbios_words[] = {
    {0, "session message"},
    {0x81, "session request"},
    {0x82, "positive response"},
    {0x83, "negative response"},
    {0x84, "retarget response"},
    {0x85, "keepalive"},
    {0, NULL},
};

const struct type_word modbus_words[] = {
    {1, "read coils"},
    {2, "read discrete inputs"},
    {3, "read holding registers"},
    {4, "read input registers"},
    {5, "write single coil"},
    {6, "write single register"},
    {7, "read exception status"},
    {8, "diagnostics"},
    {15, "write multiple coils"},
    {16, "write multiple registers"},
    {17, "report server id"},
    {20, "read file record"},
    {21, "write file record"},
    {22, "mask write register"},
    {23, "read and write registers"},
    {24, "read fifo queue"},
    {43, "encapsulated interface"},
    {0, NULL},
};

/* ISO 13400-2 */
const struct type_word doip_words[] = {
    {0x0000, "negative acknowledge"},
    {0x0001, "vehicle identification"},
    {0x0002, "vehicle identification by EID"},
    {0x0003, "vehicle identification by VIN"},
    {0x0004, "vehicle announcement"},
    {0x0005, "routing activation request"},
    {0x0006, "routing activation response"},
    {0x0007, "alive check request"},
    {0x0008, "alive check response"},
    {0x4001, "entity status request"},
    {0x4002, "entity status response"},
    {0x4003, "power mode request"},
    {0x4004, "power mode response"},
    {0x8001, "diagnostic message"},
    {0x8002, "diagnostic acknowledge"},
    {0x8003, "diagnostic negative acknowledge"},
    {0, NULL},
};

/* RFC 6733, 3.1; RFC 4006; RFC 4005 */
const struct type_word diameter_words[] = {
    {257, "capabilities exchange"},
    {258, "re-auth"},
    {265, "AA"},
    {268, "EAP"},
    {271, "accounting"},
    {272, "credit control"},
    {274, "abort session"},
    {275, "session termination"},
    {280, "device watchdog"},
    {282, "disconnect peer"},
    {0, NULL},
};

const struct type_word smpp_words[] = {
    {0x80000000, "generic_nack"},	   {0x00000001, "bind_receiver"},
    {0x80000001, "bind_receiver_resp"},	   {0x00000002, "bind_transmitter"},
    {0x80000002, "bind_transmitter_resp"}, {0x00000003, "query_sm"},
    {0x80000003, "query_sm_resp"},	   {0x00000004, "submit_sm"},
    {0x80000004, "submit_sm_resp"},	   {0x00000005, "deliver_sm"},
    {0x80000005, "deliver_sm_resp"},	   {0x00000006, "unbind"},
    {0x80000006, "unbind_resp"},	   {0x00000007, "replace_sm"},
    {0x80000007, "replace_sm_resp"},	   {0x00000008, "cancel_sm"},
    {0x80000008, "cancel_sm_resp"},	   {0x00000009, "bind_transceiver"},
    {0x80000009, "bind_transceiver_resp"}, {0x0000000b, "outbind"},
    {0x00000015, "enquire_link"},	   {0x80000015, "enquire_link_resp"},
    {0x00000021, "submit_multi"},	   {0x80000021, "submit_multi_resp"},
    {0x00000102, "alert_notification"},	   {0x00000103, "data_sm"},
    {0x80000103, "data_sm_resp"},	   {0, NULL},
};

/* RFC 9987 */
const struct type_word ssh_agent_words[] = {
    {1, "request RSA identities"},
    {9, "remove all RSA identities"},
    {5, "failure"},
    {6, "success"},
    {11, "request identities"},
    {12, "identities"},
    {13, "sign request"},
    {14, "sign response"},
    {17, "add identity"},
    {18, "remove identity"},
    {19, "remove all identities"},
    {20, "add smartcard"},
    {21, "remove smartcard"},
    {22, "lock"},
    {23, "unlock"},
    {25, "add constrained"},
    {26, "add smartcard constrained"},
    {27, "extension"},
    {28, "extension failure"},
    {29, "extension response"},
    {0, NULL},
};

const struct type_word sunrpc_words[] = {{0, "call"}, {1, "reply"}, {0, NULL}};

const struct type_word fastcgi_words[] = {
    {1, "BEGIN_REQUEST"}, {2, "ABORT_REQUEST"},
    {3, "END_REQUEST"},	  {4, "PARAMS"},
    {5, "STDIN"},	  {6, "STDOUT"},
    {7, "STDERR"},	  {8, "DATA"},
    {9, "GET_VALUES"},	  {10, "GET_VALUES_RESULT"},
    {11, "UNKNOWN_TYPE"}, {0, NULL},
};

const struct type_word giop_words[] = {
    {0, "Request"},	  {1, "Reply"},	      {2, "CancelRequest"},
    {3, "LocateRequest"}, {4, "LocateReply"}, {5, "CloseConnection"},
    {6, "MessageError"},  {7, "Fragment"},    {0, NULL},
};

const struct type_word dbus_words[] = {
    {1, "method_call"}, {2, "method_return"}, {3, "error"}, {4, "signal"}, {0, NULL},
};

/* RFC 4511, 4.2 on: the tag of protocolOp */
const struct type_word ldap_words[] = {
    {0x60, "bindRequest"},	    {0x61, "bindResponse"},
    {0x42, "unbindRequest"},	    {0x63, "searchRequest"},
    {0x64, "searchResEntry"},	    {0x65, "searchResDone"},
    {0x73, "searchResRef"},	    {0x66, "modifyRequest"},
    {0x67, "modifyResponse"},	    {0x68, "addRequest"},
    {0x69, "addResponse"},	    {0x4a, "delRequest"},
    {0x6b, "delResponse"},	    {0x6c, "modDNRequest"},
    {0x6d, "modDNResponse"},	    {0x6e, "compareRequest"},
    {0x6f, "compareResponse"},	    {0x50, "abandonRequest"},
    {0x77, "extendedReq"},	    {0x78, "extendedResp"},
    {0x79, "intermediateResponse"}, {0, NULL},
};

const char *const smtp_commands[] = {
    "HELO", "EHLO", "LHLO", "MAIL", "RCPT", "DATA", "BDAT", "RSET",	"NOOP",
    "QUIT", "VRFY", "EXPN", "HELP", "AUTH", "ETRN", "TURN", "STARTTLS", NULL,
};
