"""WebSocket frames, RFC 6455."""

import collections
import functools

from websockets.connection import Connection, Side, State
from websockets.extensions.permessage_deflate import PerMessageDeflate as Deflate
from websockets.frames import Frame
from websockets.streams import StreamReader
from wsproto.connection import Connection as Parser, ConnectionType
from wsproto.events import CloseConnection, Message, Ping, Pong
from wsproto.extensions import PerMessageDeflate

from ..programs import written_by
from . import Stream

SERIALIZER = "node-ws, python3-websockets"
PARSER = "python3-wsproto"
SIZES = 0, 1, 125, 126, 300


def send_all(connection, between):
    """Whole messages, and one in fragments, with control frames between or not."""
    for size in SIZES:
        connection.send_binary(b"w" * size)
    connection.send_text(b"one, ", fin=False)
    if between:
        connection.send_ping(b"?")
    connection.send_continuation(b"", fin=False)
    if between:
        connection.send_pong(b"")
    connection.send_continuation(b"two", fin=True)
    connection.send_text(b"another message")
    return connection.data_to_send()


def of_websockets(role):
    return send_all(Connection(Side[role.upper()], State.OPEN), between=True)


def compressed(role):
    """wsproto 1.2 takes the rest of a compressed message behind a control frame for plain text."""
    connection = Connection(Side[role.upper()], State.OPEN)
    connection.extensions = [Deflate(False, False, 15, 15)]
    return send_all(connection, between=False)


def large(role):
    connection = Connection(Side[role.upper()], State.OPEN)
    for size in (1 << 16) - 1, 1 << 16, 3:
        connection.send_binary(b"l" * size)
    return connection.data_to_send()


def streams():
    for role in "client", "server":
        yield Stream(role, [written_by("node", "websocket.js", arguments=[role])], "node")
        yield Stream(role, of_websockets(role), "python")
        yield Stream(role, compressed(role), "compressed")
        yield Stream(role, large(role), "large", in_matrix=False)


def parser(stream):
    extensions = []
    if stream.name == "compressed":
        extensions.append(PerMessageDeflate())
        extensions[0].finalize("permessage-deflate")
    return Parser(ConnectionType.SERVER if stream.role == "client" else ConnectionType.CLIENT, extensions)


def ends(stream):
    """Byte by byte: a control frame between fragments ends no message."""
    connection, found, is_open = parser(stream), [], False
    for at, byte in enumerate(stream.data):
        connection.receive_data(bytes([byte]))
        for event in connection.events():
            if isinstance(event, Message):
                is_open = not event.message_finished
            if not is_open and isinstance(event, (Message, Ping, Pong, CloseConnection)):
                found.append(at + 1)
    return found


class AnyFrame(Frame):
    def check(self):
        """Compressed ones too."""


def frame_ends(stream):
    reader, found, size = StreamReader(), [], len(stream.data)
    reader.feed_data(stream.data)
    while reader.buffer:
        collections.deque(AnyFrame.parse(reader.read_exact, mask=bool(reader.buffer[1] & 0x80)), maxlen=0)
        found.append(size - len(reader.buffer))
    return found


def proves(sent, offered):
    """A data frame, masked as the others are, where a fragment or a control frame must come."""
    return len(offered) >= 2 and offered[0] & 0xf in (1, 2) and not offered[0] & 0x30 and goes_on_behind(sent) and \
        (offered[1] ^ sent[1]) < 0x80


@functools.lru_cache(maxsize=1 << 12)
def goes_on_behind(sent):
    """`sent` is whole frames of at most 125 bytes, and their message is not over."""
    at, goes_on = 0, False
    while len(sent) - at >= 2:
        if sent[at] & 0xf < 8:
            goes_on = not sent[at] & 0x80
        at += 2 + (sent[at + 1] & 0x7f) + (4 if sent[at + 1] & 0x80 else 0)
    return goes_on and at == len(sent)


TEXT = b"\x81\x82\1\2\3\4ab"
BEGUN = b"\1\x82\1\2\3\4ab"
WRONG = {
    "RSV2": ("client", b"\xa1" + TEXT[1:]),
    "RSV3": ("server", b"\x91\2ab"),
    "a reserved data frame": ("client", b"\x83" + TEXT[1:]),
    "a reserved control frame": ("server", b"\x8b\0"),
    "a control frame in fragments": ("client", b"\x09\x80\1\2\3\4"),
    "a compressed control frame": ("server", b"\xc9\0"),
    "a control frame of 126 bytes": ("server", b"\x89\x7e\0\x7e" + bytes(126)),
    "a continuation of nothing": ("client", b"\x80" + TEXT[1:]),
    "a message inside of a message": ("client", BEGUN + TEXT),
    "a server that masks": ("server", TEXT),
    "a client that no longer masks": ("client", TEXT + b"\x81\2ab"),
    "a client that begins to mask": ("client", b"\x81\2ab" + TEXT),
    "a length of 2^63": ("server", b"\x82\x7f\x80" + bytes(7)),
    "an HTTP response": ("server", b"HTTP/1.1 200 OK\r\n"),
    "an HTTP request": ("client", b"GET / HTTP/1.1\r\n"),
}
