#ifndef POISONSHIM_TOOLS_TYPE_WORDS_H
#define POISONSHIM_TOOLS_TYPE_WORDS_H

#include "types.h"

/* What the numbers mean: type_words.c, and type_words_rpc.c for the request codes of brokers and databases.
 */
extern const struct type_word tls_words[], http2_words[], zmtp_words[], websocket_words[], dns_words[],
    thrift_words[], thrift_compact_words[], bgp_words[], tpkt_words[], netbios_words[], modbus_words[],
    doip_words[], diameter_words[], smpp_words[], ssh_agent_words[], sunrpc_words[], fastcgi_words[],
    giop_words[], dbus_words[], ldap_words[];

extern const struct type_word amqp_words[], amqp_frame_words[], amqp1_words[], mqtt_words[], kafka_words[],
    mongodb_words[], cql_words[], memcached_words[], tds_words[], mysql_commands[], mysql_answers[],
    postgres_startup_words[], postgres_client_words[], postgres_server_words[], redis_words[];

extern const char *const smtp_commands[];

#endif
