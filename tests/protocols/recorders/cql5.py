"""Cassandra's native protocol, version 5: frames with checksums."""

import contextlib
import io
import struct

import cassandra.protocol as protocol
from cassandra.connection import Connection, frame_header_v3, segment_codec_lz4, segment_codec_no_compression
from cassandra.segment import CrcException, Segment

from . import Stream

SERIALIZER = "python3-cassandra"
PARSER = "the driver's decoder of frames"
VERSION, RESPONSE = 5, 0x80
READY, SUPPORTED, RESULT = 2, 6, 8
SMALL, QUERY = 40, "SELECT * FROM a WHERE b = "
MESSAGES = (protocol.RegisterMessage(["TOPOLOGY_CHANGE"]), protocol.QueryMessage(QUERY + "1" * 70, 1),
            protocol.QueryMessage(QUERY + "".join(map(str, range(60))), 1), protocol.QueryMessage("", 1))
LONG = protocol.QueryMessage(QUERY + "".join(map(str, range(60000))), 1)


class Pipe(Connection):
    """The driver's connection, without a socket."""

    def __init__(self, compression):
        super().__init__(protocol_version=VERSION, allow_beta_protocol_version=True, compression=compression)
        self.writes = []

    def push(self, data):
        self.writes.append(data)

    def close(self):
        pass


def asked(compression, messages):
    pipe = Pipe(compression)
    pipe._send_options_message()
    pipe._handle_options_response(protocol.SupportedMessage(["3.4.5"], {"COMPRESSION": ["lz4"]}))
    pipe._handle_startup_response(protocol.ReadyMessage())
    for message in messages:
        pipe.send_msg(message, pipe.get_request_id(), None)
    return pipe.writes


def envelope(stream, opcode, body):
    out = io.BytesIO()
    protocol.ProtocolHandler._write_header(out, VERSION | RESPONSE, 0, stream, opcode, len(body))
    return out.getvalue() + body


def framed(codec, data):
    out = io.BytesIO()
    codec.encode(out, data)
    return out.getvalue()


def answered(compression, bodies):
    """The library writes headers and frames; there is no server in it."""
    codec = segment_codec_lz4 if compression else segment_codec_no_compression
    results = [envelope(stream, RESULT, struct.pack(">i", 2) + body) for stream, body in enumerate(bodies, 2)]
    together = [results[0] + results[1]] if Segment.MAX_PAYLOAD_LENGTH > SMALL else []
    return [envelope(0, SUPPORTED, b"\0\1\0\x0bCOMPRESSION\0\1\0\3lz4"), envelope(1, READY, b""),
            *(framed(codec, content) for content in results + together)]


@contextlib.contextmanager
def frames_of(most):
    before, Segment.MAX_PAYLOAD_LENGTH = Segment.MAX_PAYLOAD_LENGTH, most
    yield
    Segment.MAX_PAYLOAD_LENGTH = before


def streams():
    rows = [b"", b"row " * 9, bytes(range(100)), b"x" * 300, b"\0" * 130]
    for compression in (False, "lz4"):
        name = compression or "not compressed"
        yield Stream("client", asked(compression, MESSAGES), name)
        yield Stream("server", answered(compression, rows[:3]), name)
        yield Stream("client", asked(compression, (LONG, *MESSAGES)), f"{name}, long", in_matrix=False)
        with frames_of(SMALL):
            sides = {"client": asked(compression, MESSAGES[1:]), "server": answered(compression, rows)}
        for role, writes in sides.items():
            yield Stream(role, writes, f"{name}, small frames")


def length_of(envelope):
    return 9 + frame_header_v3.unpack_from(envelope, 1)[3]


def ends(stream):
    """The first two messages have no frames. The driver's decoder checks both sums of a frame and decompresses it."""
    data, found = io.BytesIO(stream.data), []
    codec = segment_codec_lz4 if stream.name.startswith("lz4") else segment_codec_no_compression
    for _ in range(2):
        found.append(sum(found[-1:]) + length_of(stream.data[sum(found[-1:]):]))
    data.seek(found[-1])
    while data.tell() < len(stream.data):
        frame = codec.decode(data, codec.decode_header(data))
        content = frame.payload
        while not frame.is_self_contained and len(content) < length_of(content):
            frame = codec.decode(data, codec.decode_header(data))
            content += frame.payload
        found.append(data.tell())
    return found


def first_frame(data):
    """Its length and whether it has whole envelopes; None if it is none."""
    for codec in (segment_codec_no_compression, segment_codec_lz4):
        with contextlib.suppress(CrcException):
            header = codec.decode_header(io.BytesIO(data.ljust(8, b"\0")))
            if len(data) >= codec.header_length_with_crc:
                return codec.header_length_with_crc + header.payload_length + 4, header.is_self_contained
    return None


def server_proves(sent, offered):
    """A frame of another message between those of one."""
    while sent and (frame := first_frame(sent)) and frame[0] <= len(sent):
        sent = sent[frame[0]:]
    frame = first_frame(offered)
    return not sent and frame is not None and frame[1]


STARTUP = b"\5\0\0\0\1\0\0\0\2\0\0"
FRAME = framed(segment_codec_no_compression, b"whole envelopes")
with frames_of(20):
    PARTS = framed(segment_codec_no_compression, b"\5\0\0\0\7\0\0\0\x10" + b"p" * 16)
    HUGE_PART = framed(segment_codec_no_compression, b"\5\0\0\0\7\x40\0\0\1" + b"p" * 16)
with frames_of(8):
    SHORT_PART = framed(segment_codec_no_compression, b"\5\0\0\0\7\0\0\0\x10" + b"p" * 16)

WRONG = {
    "another version": ("client", b"\6\0\0\0\5\0\0\0\0"),
    "no request to begin with": ("client", b"\5\0\0\0\7\0\0\0\0"),
    "no answer to begin with": ("server", b"\x85\0\0\0\x08\0\0\0\0"),
    "a request of a server": ("server", b"\x85\0\0\0\1\0\0\0\0"),
    "an envelope of more than 1 GiB": ("client", b"\5\0\0\0\1\x40\0\0\1"),
    "a frame with a wrong checksum": ("client", STARTUP + bytes([FRAME[0] ^ 1]) + FRAME[1:]),
    "frames of lz4 behind others": ("client", STARTUP + FRAME + framed(segment_codec_lz4, b"x" * 9)),
    "a part of no envelope": ("client", STARTUP + PARTS.replace(b"\5\0\0\0\7", b"\3\0\0\0\7")),
    "a part of more than its envelope": ("client", STARTUP + PARTS.replace(b"\0\0\0\x10", b"\0\0\0\x0c")),
    "a first part of a byte more than its envelope": ("client", STARTUP + PARTS.replace(b"\0\0\0\x10", b"\0\0\0\x0a")),
    "an envelope of several frames of more than 1 GiB": ("client", STARTUP + HUGE_PART),
    "a part that ends inside of the envelope's header": ("client", STARTUP + SHORT_PART),
    "HTTP": ("client", b"GET / HTTP/1.1\r\n"),
}
