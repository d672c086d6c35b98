"""Kafka."""

import contextlib
import ctypes
import functools
import socket

from kafka.protocol.admin import ApiVersionRequest_v0
from kafka.protocol.fetch import FetchRequest
from kafka.protocol.metadata import MetadataRequest
from kafka.protocol.offset import OffsetRequest
from kafka.protocol.parser import KafkaProtocol
from kafka.protocol.produce import ProduceRequest
from kafka.record import MemoryRecordsBuilder

from ..tshark import pdu_ends
from . import Stream

SERIALIZER = "python3-kafka, librdkafka (its mock broker)"
PARSER = "tshark"
PORT = 9092
SECONDS = 30

TOPIC = "a-topic"


@contextlib.contextmanager
def mock_broker():
    """The port of a broker inside this process."""
    library = ctypes.CDLL("librdkafka.so.1")
    pointer = ctypes.c_void_p
    library.rd_kafka_conf_new.restype = library.rd_kafka_new.restype = library.rd_kafka_mock_cluster_new.restype = pointer
    library.rd_kafka_mock_cluster_bootstraps.restype = ctypes.c_char_p
    settings = pointer(library.rd_kafka_conf_new())
    library.rd_kafka_conf_set(settings, b"log_level", b"0", None, ctypes.c_size_t())
    client = pointer(library.rd_kafka_new(0, settings, None, ctypes.c_size_t()))
    cluster = pointer(library.rd_kafka_mock_cluster_new(client, 1))
    try:
        yield int(library.rd_kafka_mock_cluster_bootstraps(cluster).decode().rpartition(":")[2])
    finally:
        library.rd_kafka_mock_cluster_destroy(cluster)
        library.rd_kafka_destroy(client)


def records(text):
    builder = MemoryRecordsBuilder(magic=2, compression_type=0, batch_size=10000)
    builder.append(timestamp=0, key=b"key", value=text)
    builder.close()
    return builder.buffer()


def produce(text):
    return ProduceRequest[3](transactional_id=None, required_acks=1, timeout=1000, topics=[(TOPIC, [(0, records(text))])])


REQUESTS = [
    ApiVersionRequest_v0(),
    MetadataRequest[1]([TOPIC]),
    produce(b"a record"),
    produce(b"a longer record" * 20),
    OffsetRequest[1](-1, [(TOPIC, [(0, -1)])]),
    FetchRequest[4](-1, 100, 1, 10000, 0, [(TOPIC, [(0, 0, 10000)])]),
    MetadataRequest[1]([TOPIC]),
]


@functools.cache
def conversation():
    client, server, codec = [], [], KafkaProtocol(client_id="me", api_version=(1, 0))
    with mock_broker() as port, socket.create_connection(("127.0.0.1", port), SECONDS) as connection:
        for request in REQUESTS:
            codec.send_request(request)
            client.append(codec.send_bytes())
            connection.sendall(client[-1])
            answered = []
            while not answered:
                server.append(connection.recv(1 << 16))
                answered = codec.receive_bytes(server[-1])
    return client, server


def streams():
    return [Stream(role, writes) for role, writes in zip(("client", "server"), conversation())]


def ends(stream):
    return pdu_ends(stream.data, PORT, "kafka", stream.role == "server")


WRONG = {
    "HTTP": ("client", b"GET / HTTP/1.1\r\n"),
    "a negative length": ("server", b"\xff\xff\xff\xff"),
    "a message of 256 MiB": ("server", b"\x10\0\0\0"),
}
