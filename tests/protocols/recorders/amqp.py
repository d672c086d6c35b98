"""AMQP 0-9-1."""

import struct
from types import SimpleNamespace

import amqp.basic_message
import amqp.method_framing
import pika.connection
import pika.frame
from pika import spec

from ..tshark import end_of, pdus
from . import Stream

SERIALIZER = "python3-pika, python3-amqp"
PARSER = "tshark"
PORT = 5672
METHOD, HEADER, BODY, HEARTBEAT = 1, 2, 3, 8
CLASSES = set(range(121)) - {20}
CONTENT_METHODS = (40, 50, 60, 71)


class Pika(pika.connection.Connection):
    """Without a network; `writes` is what it would have written."""

    def __init__(self):
        self.writes = []
        super().__init__(pika.ConnectionParameters(heartbeat=0), internal_connection_workflow=False)

    def _adapter_connect_stream(self):
        self._on_stream_connected()

    def _adapter_emit_data(self, data):
        self.writes.append(data)

    def _adapter_disconnect_stream(self):
        self._on_stream_terminated(None)

    def _adapter_add_callback_threadsafe(self, callback):
        callback()

    def _adapter_call_later(self, delay, callback):
        return None

    def _adapter_remove_timeout(self, timeout_id):
        pass

    def method(self, channel, method, *content):
        self._send_method(channel, method, content or None)


def marshaled(frame_max, *methods):
    """Frames of methods, (channel, method, body) each, body by body."""
    connection = SimpleNamespace(_body_max_length=frame_max, frames=[])
    connection._output_marshaled_frames = connection.frames.append
    for channel, method, *body in methods:
        if body:
            content = spec.BasicProperties(content_type="text/plain", headers={"n": channel}), *body
            pika.connection.Connection._send_message(connection, channel, method, content)
        else:
            connection.frames.append([pika.frame.Method(channel, method).marshal()])
    return [frame for frames in connection.frames for frame in frames]


def publish(key):
    return spec.Basic.Publish(exchange="", routing_key=key)


START_OK = spec.Connection.StartOk(client_properties={}, response="\0a\0b")
TEXT = b"The quick brown fox jumps over the lazy dog"


def client():
    return [pika.frame.ProtocolHeader().marshal(), *marshaled(
        20, (0, START_OK), (1, publish("q"), TEXT), (1, publish("empty"), b""), (1, spec.Basic.Ack(7)),
        (1, publish("other"), TEXT[:20]), (1, publish("last"), TEXT[::-1]))]


def interleaved(first, method):
    """Three channels at once, and a heartbeat."""
    one, two, three = (marshaled(9, (channel, method, TEXT[:12 + channel])) for channel in (1, 2, 0x203))
    return [*first, one[0], two[0], one[1], *marshaled(0, (7, spec.Basic.Ack(1))), two[1], two[2], three[0], one[2],
            pika.frame.Heartbeat().marshal(), three[1], two[3], *three[2:], *one[3:],
            *marshaled(0, (7, spec.Basic.Ack(2))), *marshaled(30, (1, method, TEXT))]


def start():
    return spec.Connection.Start(server_properties={"product": "none"})


def deliver(channel):
    return spec.Basic.Deliver(consumer_tag="c", delivery_tag=channel, exchange="e", routing_key="k")


def server():
    return marshaled(
        16, (0, start()), (0, spec.Connection.Tune(2047, 131072, 60)), (1, deliver(1), TEXT),
        (1, spec.Basic.Return(312, "NO_ROUTE", "e", "k"), TEXT[:5]), (1, spec.Basic.GetOk(3, False, "e", "k", 0), b""),
        (1, deliver(2), TEXT[::-1]))


def handshake():
    """pika opens a connection and a channel, and publishes."""
    client, server = Pika(), marshaled(0, (0, start()), (0, spec.Connection.Tune(100, 4096, 0)), (0, spec.Connection.OpenOk()),
                                       (1, spec.Channel.OpenOk()))
    client._on_stream_connected()
    for answer in server[:-1]:
        client._on_data_available(answer)
    channel = client.channel()
    client._on_data_available(server[-1])
    for length in (0, 1, 4088, 4089, 10000, 5):
        channel.basic_publish("amq.topic", "key", bytes(length), pika.BasicProperties(priority=1))
    channel.basic_ack(1)
    client.close()
    return client.writes


def py_amqp():
    """Its frame writer, with frames so small that a body has several."""
    first, writes = marshaled(0, (0, START_OK)), []
    connection = SimpleNamespace(frame_max=90, bytes_sent=0)
    transport = SimpleNamespace(write=lambda data: writes.append(bytes(data)))
    write = amqp.method_framing.frame_writer(connection, transport)
    for length in (5, 0, 200, 82, 83, 6):
        message = amqp.basic_message.Message(b"m" * length, application_headers={"a": 1})
        write(METHOD, 1, spec_id(publish("")), marshaled(0, (1, publish("key")))[0][11:-1], message)
    write(METHOD, 1, spec_id(spec.Basic.Ack()), struct.pack(">QB", 1, 0), None)
    write(HEARTBEAT, 0, (0, 0), b"", None)
    write(METHOD, 1, spec_id(publish("")), marshaled(0, (1, publish("key")))[0][11:-1],
          amqp.basic_message.Message(b"last"))
    return [pika.frame.ProtocolHeader().marshal(), *first, *writes]


def spec_id(method):
    return method.INDEX >> 16, method.INDEX & 0xffff


def streams():
    header = pika.frame.ProtocolHeader().marshal()
    return [Stream("client", client()),
            Stream("client", interleaved([header, *marshaled(0, (0, START_OK))], publish("k")), "channels"),
            Stream("client", client(), "by frame", "amqp,unit=frame"),
            Stream("client", handshake(), "handshake", in_matrix=False),
            Stream("client", py_amqp(), "py-amqp", in_matrix=False),
            Stream("server", server()),
            Stream("server", interleaved(marshaled(0, (0, start())), deliver(5)), "channels"),
            Stream("server", server(), "by frame", "amqp,unit=frame")]


def parsed(stream):
    """(end, fields) of the protocol header, behind which tshark 4.0 sees nothing, and of each frame."""
    skipped = len(pika.frame.ProtocolHeader().marshal()) if stream.role == "client" else 0
    found = [(skipped, {})] * bool(skipped)
    for item in pdus(stream.data[skipped:], PORT, "amqp", stream.role == "server"):
        fields = {field.get("name"): field.get("show") for field in item.iter("field")}
        found.append((skipped + end_of(item), fields))
    return found


def frame_ends(stream):
    return [end for end, _ in parsed(stream)]


def ends(stream):
    found, left = [], {}
    for end, fields in parsed(stream):
        if stream.name != "by frame":
            follow(left, fields)
        if not left:
            found.append(end)
    return found


def follow(left, fields):
    """Keeps in `left` how much of a channel's content is to come."""
    number = {name: int(value, 0) for name, value in fields.items()
              if name in ("amqp.type", "amqp.channel", "amqp.length", "amqp.method.class", "amqp.method.method",
                          "amqp.header.body-size")}
    channel = number.get("amqp.channel")
    if number.get("amqp.method.class") == 60 and number["amqp.method.method"] in CONTENT_METHODS:
        left[channel] = None
    elif number.get("amqp.type") == HEADER:
        left[channel] = number["amqp.header.body-size"]
    elif number.get("amqp.type") == BODY:
        left[channel] -= number["amqp.length"]
    if left.get(channel) == 0:
        del left[channel]


def frames(data):
    """(type, channel, payload) of the whole frames, and what is behind them."""
    found = []
    while len(data) >= 7:
        kind, channel, size = struct.unpack_from(">BHI", data)
        if data[7 + size:8 + size] != b"\xce":
            break
        found.append((kind, channel, data[7:7 + size]))
        data = data[8 + size:]
    return found, data


def unfinished(sent):
    left = {}
    for kind, channel, payload in sent:
        if kind == METHOD and channel:
            left[channel] = None
        elif kind == HEADER:
            left[channel] = int.from_bytes(payload[4:12], "big")
        elif kind == BODY:
            left[channel] -= len(payload)
        if left.get(channel) == 0 or kind == METHOD and payload[3] not in CONTENT_METHODS:
            left.pop(channel, None)
    return left


def proves(sent, offered):
    """A method of any known class but `channel`, on a channel whose content is not complete; maybe behind frames of
    others."""
    whole, rest = frames(sent)
    if rest:
        return False
    left = unfinished(whole)
    following, rest = frames(offered[:64])
    if len(rest) >= 11:
        following.append((rest[0], int.from_bytes(rest[1:3], "big"), rest[7:]))
    kind, _, payload = next((frame for frame in following if frame[1] in left), (0, 0, b""))
    return kind == METHOD and int.from_bytes(payload[:2], "big") in CLASSES


FIRST = marshaled(0, (0, start()))[0]

WRONG = {
    "an HTTP request": ("client", b"GET / HTTP/1.1\r\n\r\n"),
    "another word": ("client", b"AMQX\0\0\x09\x01"),
    "AMQP 0-10": ("client", b"AMQP\1\1\0\x0a\x0f\0\0\x1b\0\0\0\0"),
    "a first frame that is no method": ("server", b"\3" + FIRST[1:]),
    "a first frame on a channel": ("server", b"\1\0\1" + FIRST[3:]),
    "a frame without its end": ("server", FIRST[:-1] + b"\0"),
    "a frame of no type": ("server", FIRST + b"\4\0\0\0\0\0\0\xce"),
    "a method too short to be one": ("server", FIRST + b"\1\0\1\0\0\0\3abc\xce"),
}
