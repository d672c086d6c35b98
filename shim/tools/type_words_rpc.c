#include "type_words.h"

#define METHOD(class, method) ((class) << 16 | (method))

/* AMQP 0-9-1 and RabbitMQ's additions */
const struct type_word amqp_words[] = {
    {METHOD(10, 10), "connection.start"},
    {METHOD(10, 11), "connection.start-ok"},
    {METHOD(10, 20), "connection.secure"},
    {METHOD(10, 21), "connection.secure-ok"},
    {METHOD(10, 30), "connection.tune"},
    {METHOD(10, 31), "connection.tune-ok"},
    {METHOD(10, 40), "connection.open"},
    {METHOD(10, 41), "connection.open-ok"},
    {METHOD(10, 50), "connection.close"},
    {METHOD(10, 51), "connection.close-ok"},
    {METHOD(10, 60), "connection.blocked"},
    {METHOD(10, 61), "connection.unblocked"},
    {METHOD(10, 70), "connection.update-secret"},
    {METHOD(10, 71), "connection.update-secret-ok"},
    {METHOD(20, 10), "channel.open"},
    {METHOD(20, 11), "channel.open-ok"},
    {METHOD(20, 20), "channel.flow"},
    {METHOD(20, 21), "channel.flow-ok"},
    {METHOD(20, 40), "channel.close"},
    {METHOD(20, 41), "channel.close-ok"},
    {METHOD(40, 10), "exchange.declare"},
    {METHOD(40, 11), "exchange.declare-ok"},
    {METHOD(40, 20), "exchange.delete"},
    {METHOD(40, 21), "exchange.delete-ok"},
    {METHOD(40, 30), "exchange.bind"},
    {METHOD(40, 31), "exchange.bind-ok"},
    {METHOD(40, 40), "exchange.unbind"},
    {METHOD(40, 51), "exchange.unbind-ok"},
    {METHOD(50, 10), "queue.declare"},
    {METHOD(50, 11), "queue.declare-ok"},
    {METHOD(50, 20), "queue.bind"},
    {METHOD(50, 21), "queue.bind-ok"},
    {METHOD(50, 30), "queue.purge"},
    {METHOD(50, 31), "queue.purge-ok"},
    {METHOD(50, 40), "queue.delete"},
    {METHOD(50, 41), "queue.delete-ok"},
    {METHOD(50, 50), "queue.unbind"},
    {METHOD(50, 51), "queue.unbind-ok"},
    {METHOD(60, 10), "basic.qos"},
    {METHOD(60, 11), "basic.qos-ok"},
    {METHOD(60, 20), "basic.consume"},
    {METHOD(60, 21), "basic.consume-ok"},
    {METHOD(60, 30), "basic.cancel"},
    {METHOD(60, 31), "basic.cancel-ok"},
    {METHOD(60, 40), "basic.publish"},
    {METHOD(60, 50), "basic.return"},
    {METHOD(60, 60), "basic.deliver"},
    {METHOD(60, 70), "basic.get"},
    {METHOD(60, 71), "basic.get-ok"},
    {METHOD(60, 72), "basic.get-empty"},
    {METHOD(60, 80), "basic.ack"},
    {METHOD(60, 90), "basic.reject"},
    {METHOD(60, 100), "basic.recover-async"},
    {METHOD(60, 110), "basic.recover"},
    {METHOD(60, 111), "basic.recover-ok"},
    {METHOD(60, 120), "basic.nack"},
    {METHOD(85, 10), "confirm.select"},
    {METHOD(85, 11), "confirm.select-ok"},
    {METHOD(90, 10), "tx.select"},
    {METHOD(90, 11), "tx.select-ok"},
    {METHOD(90, 20), "tx.commit"},
    {METHOD(90, 21), "tx.commit-ok"},
    {METHOD(90, 30), "tx.rollback"},
    {METHOD(90, 31), "tx.rollback-ok"},
    {0, NULL},
};

const struct type_word amqp_frame_words[] = {
    {2, "content header"}, {3, "content body"}, {8, "heartbeat"}, {0, NULL}};

/* AMQP 1.0, 2.7 and 5.3.3: the descriptor of the performative */
const struct type_word amqp1_words[] = {
    {0x10, "open"},	     {0x11, "begin"},		{0x12, "attach"},    {0x13, "flow"},
    {0x14, "transfer"},	     {0x15, "disposition"},	{0x16, "detach"},    {0x17, "end"},
    {0x18, "close"},	     {0x40, "sasl-mechanisms"}, {0x41, "sasl-init"}, {0x42, "sasl-challenge"},
    {0x43, "sasl-response"}, {0x44, "sasl-outcome"},	{0, NULL},
};

const struct type_word mqtt_words[] = {
    {0x10, "CONNECT"},	{0x20, "CONNACK"},     {0x30, "PUBLISH"},  {0x40, "PUBACK"},
    {0x50, "PUBREC"},	{0x60, "PUBREL"},      {0x70, "PUBCOMP"},  {0x80, "SUBSCRIBE"},
    {0x90, "SUBACK"},	{0xa0, "UNSUBSCRIBE"}, {0xb0, "UNSUBACK"}, {0xc0, "PINGREQ"},
    {0xd0, "PINGRESP"}, {0xe0, "DISCONNECT"},  {0xf0, "AUTH"},	   {0, NULL},
};

const struct type_word kafka_words[] = {
    {0, "Produce"},
    {1, "Fetch"},
    {2, "ListOffsets"},
    {3, "Metadata"},
    {4, "LeaderAndIsr"},
    {5, "StopReplica"},
    {6, "UpdateMetadata"},
    {7, "ControlledShutdown"},
    {8, "OffsetCommit"},
    {9, "OffsetFetch"},
    {10, "FindCoordinator"},
    {11, "JoinGroup"},
    {12, "Heartbeat"},
    {13, "LeaveGroup"},
    {14, "SyncGroup"},
    {15, "DescribeGroups"},
    {16, "ListGroups"},
    {17, "SaslHandshake"},
    {18, "ApiVersions"},
    {19, "CreateTopics"},
    {20, "DeleteTopics"},
    {21, "DeleteRecords"},
    {22, "InitProducerId"},
    {23, "OffsetForLeaderEpoch"},
    {24, "AddPartitionsToTxn"},
    {25, "AddOffsetsToTxn"},
    {26, "EndTxn"},
    {27, "WriteTxnMarkers"},
    {28, "TxnOffsetCommit"},
    {29, "DescribeAcls"},
    {30, "CreateAcls"},
    {31, "DeleteAcls"},
    {32, "DescribeConfigs"},
    {33, "AlterConfigs"},
    {36, "SaslAuthenticate"},
    {37, "CreatePartitions"},
    {42, "DeleteGroups"},
    {43, "ElectLeaders"},
    {44, "IncrementalAlterConfigs"},
    {47, "OffsetDelete"},
    {60, "DescribeCluster"},
    {61, "DescribeProducers"},
    {68, "ConsumerGroupHeartbeat"},
    {0, NULL},
};

const struct type_word mongodb_words[] = {
    {1, "OP_REPLY"},	   {2001, "OP_UPDATE"}, {2002, "OP_INSERT"},	   {2004, "OP_QUERY"},
    {2005, "OP_GET_MORE"}, {2006, "OP_DELETE"}, {2007, "OP_KILL_CURSORS"}, {2012, "OP_COMPRESSED"},
    {2013, "OP_MSG"},	   {0, NULL},
};

const struct type_word cql_words[] = {
    {0x00, "ERROR"},   {0x01, "STARTUP"},	 {0x02, "READY"},	  {0x03, "AUTHENTICATE"},
    {0x05, "OPTIONS"}, {0x06, "SUPPORTED"},	 {0x07, "QUERY"},	  {0x08, "RESULT"},
    {0x09, "PREPARE"}, {0x0a, "EXECUTE"},	 {0x0b, "REGISTER"},	  {0x0c, "EVENT"},
    {0x0d, "BATCH"},   {0x0e, "AUTH_CHALLENGE"}, {0x0f, "AUTH_RESPONSE"}, {0x10, "AUTH_SUCCESS"},
    {0, NULL},
};

/* Binary protocol */
const struct type_word memcached_words[] = {
    {0x00, "get"},	 {0x01, "set"},	       {0x02, "add"},	     {0x03, "replace"},	  {0x04, "delete"},
    {0x05, "increment"}, {0x06, "decrement"},  {0x07, "quit"},	     {0x08, "flush"},	  {0x09, "getq"},
    {0x0a, "noop"},	 {0x0b, "version"},    {0x0c, "getk"},	     {0x0d, "getkq"},	  {0x0e, "append"},
    {0x0f, "prepend"},	 {0x10, "stat"},       {0x11, "setq"},	     {0x12, "addq"},	  {0x13, "replaceq"},
    {0x14, "deleteq"},	 {0x15, "incrementq"}, {0x16, "decrementq"}, {0x17, "quitq"},	  {0x18, "flushq"},
    {0x19, "appendq"},	 {0x1a, "prependq"},   {0x1b, "verbosity"},  {0x1c, "touch"},	  {0x1d, "gat"},
    {0x1e, "gatq"},	 {0x20, "sasl list"},  {0x21, "sasl auth"},  {0x22, "sasl step"}, {0, NULL},
};

/* MS-TDS, 2.2.3.1.1 */
const struct type_word tds_words[] = {
    {1, "SQL batch"},	    {2, "pre-TDS7 login"}, {3, "RPC"},
    {4, "tabular result"},  {6, "attention"},	   {7, "bulk load"},
    {8, "federated token"}, {14, "transaction"},   {16, "login"},
    {17, "SSPI"},	    {18, "prelogin"},	   {0, NULL},
};

const struct type_word mysql_commands[] = {
    {0x00, "COM_SLEEP"},
    {0x01, "COM_QUIT"},
    {0x02, "COM_INIT_DB"},
    {0x03, "COM_QUERY"},
    {0x04, "COM_FIELD_LIST"},
    {0x05, "COM_CREATE_DB"},
    {0x06, "COM_DROP_DB"},
    {0x07, "COM_REFRESH"},
    {0x08, "COM_SHUTDOWN"},
    {0x09, "COM_STATISTICS"},
    {0x0a, "COM_PROCESS_INFO"},
    {0x0c, "COM_PROCESS_KILL"},
    {0x0d, "COM_DEBUG"},
    {0x0e, "COM_PING"},
    {0x11, "COM_CHANGE_USER"},
    {0x12, "COM_BINLOG_DUMP"},
    {0x15, "COM_REGISTER_SLAVE"},
    {0x16, "COM_STMT_PREPARE"},
    {0x17, "COM_STMT_EXECUTE"},
    {0x18, "COM_STMT_SEND_LONG_DATA"},
    {0x19, "COM_STMT_CLOSE"},
    {0x1a, "COM_STMT_RESET"},
    {0x1b, "COM_SET_OPTION"},
    {0x1c, "COM_STMT_FETCH"},
    {0x1e, "COM_BINLOG_DUMP_GTID"},
    {0x1f, "COM_RESET_CONNECTION"},
    {0, NULL},
};

const struct type_word mysql_answers[] = {
    {0x00, "OK"}, {0xfb, "LOCAL INFILE"}, {0xfe, "EOF"}, {0xff, "ERR"}, {0, NULL}};

const struct type_word postgres_startup_words[] = {
    {196608, "StartupMessage"}, {196610, "StartupMessage"},  {80877102, "CancelRequest"},
    {80877103, "SSLRequest"},	{80877104, "GSSENCRequest"}, {0, NULL},
};

const struct type_word postgres_client_words[] = {
    {'B', "Bind"},     {'C', "Close"},	 {'d', "CopyData"}, {'c', "CopyDone"},	   {'f', "CopyFail"},
    {'D', "Describe"}, {'E', "Execute"}, {'H', "Flush"},    {'F', "FunctionCall"}, {'P', "Parse"},
    {'p', "Password"}, {'Q', "Query"},	 {'S', "Sync"},	    {'X', "Terminate"},	   {0, NULL},
};

const struct type_word postgres_server_words[] = {
    {'R', "Authentication"},
    {'K', "BackendKeyData"},
    {'2', "BindComplete"},
    {'3', "CloseComplete"},
    {'C', "CommandComplete"},
    {'d', "CopyData"},
    {'c', "CopyDone"},
    {'G', "CopyInResponse"},
    {'H', "CopyOutResponse"},
    {'W', "CopyBothResponse"},
    {'D', "DataRow"},
    {'I', "EmptyQueryResponse"},
    {'E', "ErrorResponse"},
    {'V', "FunctionCallResponse"},
    {'v', "NegotiateProtocolVersion"},
    {'n', "NoData"},
    {'N', "NoticeResponse"},
    {'A', "NotificationResponse"},
    {'t', "ParameterDescription"},
    {'S', "ParameterStatus"},
    {'1', "ParseComplete"},
    {'s', "PortalSuspended"},
    {'Z', "ReadyForQuery"},
    {'T', "RowDescription"},
    {0, NULL},
};

/* RESP2 and RESP3 replies */
const struct type_word redis_words[] = {
    {'+', "simple string"}, {'-', "error"},	 {':', "integer"},	   {'$', "bulk string"},
    {'*', "array"},	    {'_', "null"},	 {'#', "boolean"},	   {',', "double"},
    {'(', "big number"},    {'!', "bulk error"}, {'=', "verbatim string"}, {'%', "map"},
    {'~', "set"},	    {'>', "push"},	 {'|', "attribute"},	   {0, NULL},
};
