"""Counts messages with parsers that share nothing with the shim. Each function takes a role, what that side
wrote and maybe what the other did, and returns how many messages it is and what the guard shall have taken it for."""

import io
import zlib
from types import SimpleNamespace

import h11
import hiredis
import pika.frame
import pika.spec
import pymysql
from ldap3.strategy.base import BaseStrategy
from pylsp_jsonrpc.streams import JsonRpcStreamReader
from wsproto import connection as websockets
from wsproto.events import Message
from wsproto.extensions import PerMessageDeflate

from protocols.recorders import Stream
from protocols.recorders import http2 as http2_recorder
from protocols.tshark import lengths

TLS_HEADER = 5


def tls(_role, data, _heard=b""):
    """Records, by RFC 8446 section 5.1."""
    count = 0
    while data:
        assert 20 <= data[0] <= 24 and data[1] == 3
        end = TLS_HEADER + int.from_bytes(data[3:5], "big")
        assert end <= len(data)
        count, data = count + 1, data[end:]
    return count, "tls"


def http2(role, data, _heard):
    assert role == "server" or data.startswith(http2_recorder.PREFACE)
    return len(http2_recorder.ends(Stream(role, [data]))), "http2"


def redis(_role, data, _heard=b""):
    """RESP2 by hiredis; of inline commands it knows nothing, they are lines."""
    if data.startswith(b"PING\r\n"):
        return len(data.splitlines()), "redis"
    reader = hiredis.Reader()
    reader.feed(data)
    count = 0
    while reader.gets() is not False:
        count += 1
    return count, "redis"


def by_tshark(port, protocol, field, framing):
    """As many messages as tshark finds values of that field on its port."""
    def count(role, data, _heard=b""):
        found = lengths(data, port, field, role == "server", protocol)
        return len(found), framing
    return count


mqtt = by_tshark(1883, "mqtt", "mqtt.msgtype", "mqtt")


SSL_REQUEST = bytes.fromhex("0000000804d2162f")

pgsql = by_tshark(5432, "pgsql", "pgsql.length", "postgres")


def postgres(role, data, _heard):
    """Before there may be a request for TLS, or the answer to it, one byte."""
    before = len(SSL_REQUEST) * data.startswith(SSL_REQUEST) if role == "client" else data[:1] in (b"S", b"N")
    rest = data[before:]
    count, framing = (tls if rest[:1] == b"\x16" else pgsql)(role, rest)
    return bool(before) + count, framing


def http1_exchanges(asked, answered):
    """The events that h11 finds in each request, and in the responses to it."""
    client, server = h11.Connection(h11.CLIENT), h11.Connection(h11.SERVER)
    server.receive_data(asked)
    client.receive_data(answered)
    client.receive_data(b"")
    while True:
        request = events(server)
        if not request:
            return
        client.send(h11.Request(method=request[0].method, target="/", headers=[("Host", "any")]))
        client.send(h11.EndOfMessage())
        yield request, events(client)
        server.send(h11.Response(status_code=200, headers=[("Content-Length", "0")]))
        server.send(h11.EndOfMessage())
        if client.states[h11.SERVER] is not h11.DONE or server.states[h11.CLIENT] is not h11.DONE:
            return
        client.start_next_cycle()
        server.start_next_cycle()


def events(connection):
    """Up to the end of a message."""
    found = []
    while not found or not isinstance(found[-1], h11.EndOfMessage):
        event = connection.next_event()
        if event is h11.NEED_DATA or isinstance(event, h11.ConnectionClosed):
            return found
        found.append(event)
    return found


def http1(role, said, heard):
    """The header of a request with Expect: 100-continue is a message, its body another; so is each response before the
    last one."""
    count = 0
    for request, responses in http1_exchanges(*((said, heard) if role == "client" else (heard, said))):
        if role == "server":
            count += sum(isinstance(event, (h11.InformationalResponse, h11.EndOfMessage)) for event in responses)
        else:
            waits = (b"expect", b"100-continue") in request[0].headers
            count += 1 + (waits and any(isinstance(event, h11.Data) for event in request))
    return count, "http1"


def websocket_messages(role, data, extensions):
    connection = websockets.Connection(websockets.ConnectionType.SERVER if role == "client" else
                                       websockets.ConnectionType.CLIENT, extensions)
    connection.receive_data(data)
    is_open = False
    for event in connection.events():
        if isinstance(event, Message):
            is_open = not event.message_finished
        yield not is_open


def websocket(role, said, _heard):
    """Behind the handshake, which is a message of HTTP. A control frame between fragments belongs to their message."""
    head, _, data = said.partition(b"\r\n\r\n")
    extensions = [PerMessageDeflate()] if b"permessage-deflate" in head else []
    for extension in extensions:
        extension.finalize("permessage-deflate")
    return 1 + sum(websocket_messages(role, data, extensions)), "websocket"


def amqp_frames(data):
    while data:
        used, frame = pika.frame.decode_frame(data)
        assert frame, data[:20]
        yield frame
        data = data[used:]


def amqp(role, data, _heard):
    """A method is a message, with its content if it has some; here they do not mingle."""
    count, left = 0, 0
    for frame in amqp_frames(data):
        if isinstance(frame, pika.frame.Header):
            left = frame.body_size
        elif isinstance(frame, pika.frame.Body):
            left -= len(frame.fragment)
        if not (isinstance(frame, pika.frame.Method) and pika.spec.has_content(frame.method.INDEX)):
            count += left == 0
    return count, "amqp"


def content_length(_role, data, _heard=b""):
    messages = []
    JsonRpcStreamReader(io.BytesIO(data)).listen(messages.append)
    return len(messages), "content-length"


class MysqlReader(pymysql.connections.Connection):
    """Reads packets from bytes, in which only one side speaks."""

    def __init__(self, data):  # pylint: disable=super-init-not-called
        self.data = data
        self._rfile = io.BytesIO(data)
        self._sock = SimpleNamespace(settimeout=lambda _: None)
        self._result = self._read_timeout = self.encoding = None

    def skip(self):
        self._next_seq_id = self.data[self._rfile.tell() + 3]
        self._read_packet(lambda *_: SimpleNamespace(is_error_packet=lambda: False))

    def rest(self):
        return self.data[self._rfile.tell():]


def mysql(_role, data, _heard):
    """Packets, of which very long ones go on in the next. Behind the first may come TLS."""
    reader, count = MysqlReader(data), 0
    while reader.rest():
        if count == 1 and reader.rest().startswith(b"\x16\x03"):
            return 1 + tls("", reader.rest())[0], "tls"
        reader.skip()
        count += 1
    return count, "mysql"


def mysql_compressed(role, data, _heard):
    """Behind the handshake compressed packets come: length, number, length of what is in it unless it is not compressed."""
    reader = MysqlReader(data)
    count = 1 if role == "client" else 2
    for _ in range(count):
        reader.skip()
    data = reader.rest()
    while data:
        length, plain = int.from_bytes(data[:3], "little"), int.from_bytes(data[4:7], "little")
        payload = data[7:7 + length]
        assert len(zlib.decompress(payload)) == plain if plain else len(payload) == length
        count, data = count + 1, data[7 + length:]
    return count, "mysql"


def ldap(role, data, _heard):
    """Behind the first there may be TLS."""
    count = 0
    while data:
        if count == 1 and data.startswith(b"\x16\x03"):
            return 1 + tls(role, data)[0], "tls"
        size = BaseStrategy.compute_ldap_message_size(data)
        assert 0 < size <= len(data)
        count, data = count + 1, data[size:]
    return count, "ldap"
