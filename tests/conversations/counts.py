"""Counts messages with parsers that share nothing with the shim. Each function takes a role and what that side wrote, and
returns how many messages it is and what the guard shall have taken it for."""

import hiredis
from hyperframe.frame import ContinuationFrame, Frame, HeadersFrame, PushPromiseFrame

from protocols.tshark import lengths

PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
TLS_HEADER = 5


def tls(_role, data):
    """Records, by RFC 8446 section 5.1."""
    count = 0
    while data:
        assert 20 <= data[0] <= 24 and data[1] == 3
        end = TLS_HEADER + int.from_bytes(data[3:5], "big")
        assert end <= len(data)
        count, data = count + 1, data[end:]
    return count, "tls"


def http2_frames(data):
    view = memoryview(data)
    while view:
        frame, length = Frame.parse_frame_header(view[:9])
        frame.parse_body(view[9:9 + length])
        yield frame
        view = view[9 + length:]


def goes_on(frame):
    return isinstance(frame, (HeadersFrame, PushPromiseFrame, ContinuationFrame)) and "END_HEADERS" not in frame.flags


def http2(role, data):
    count = 0
    if role == "client":
        assert data.startswith(PREFACE)
        count, data = 1, data[len(PREFACE):]
    return count + sum(not goes_on(frame) for frame in http2_frames(data)), "http2"


def redis(_role, data):
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
    def count(role, data):
        found = lengths(data, port, field, role == "server", protocol)
        return len(found), framing
    return count


mqtt = by_tshark(1883, "mqtt", "mqtt.msgtype", "mqtt")


SSL_REQUEST = bytes.fromhex("0000000804d2162f")

pgsql = by_tshark(5432, "pgsql", "pgsql.length", "postgres")


def postgres(role, data):
    """Before there may be a request for TLS, or the answer to it, one byte."""
    before = len(SSL_REQUEST) * data.startswith(SSL_REQUEST) if role == "client" else data[:1] in (b"S", b"N")
    rest = data[before:]
    count, framing = (tls if rest[:1] == b"\x16" else pgsql)(role, rest)
    return bool(before) + count, framing
