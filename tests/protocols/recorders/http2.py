"""HTTP/2, RFC 9113."""

import h2.config
import h2.connection
import h2.settings
from hyperframe.frame import ContinuationFrame, Frame, HeadersFrame, PushPromiseFrame

from .. import nghttp2
from . import Stream

SERIALIZER = "python3-h2, libnghttp2"
PARSER = "python3-hyperframe"
PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
HEADER, CONTINUATION, RESERVED = 9, 9, 0x80
REQUEST = [(":method", "GET"), (":scheme", "http"), (":authority", "a"), (":path", "/")]
LARGE = [(f"x-{n}", "v" * 1000 + str(n)) for n in range(40)]
SMALL = [(f"x-{n}", f"value {n}") for n in range(3)]


class Peer:
    """h2, with frames of header blocks that are at most `fragment` long; `writes` is what it would have written."""

    def __init__(self, client, fragment):
        config = h2.config.H2Configuration(client_side=client, header_encoding="utf-8")
        self.connection, self.writes, self.fragment = h2.connection.H2Connection(config), [], fragment
        self.connection.initiate_connection()

    def flush(self, other):
        data = self.connection.data_to_send()
        if data:
            self.writes.append(data)
            other.connection.receive_data(data)

    def headers(self, stream, headers):
        self.connection.max_outbound_frame_size = self.fragment
        for known in self.connection.streams.values():
            known.max_outbound_frame_size = self.fragment
        self.connection.send_headers(stream, headers)
        self.connection.max_outbound_frame_size = 16384


def by_h2(headers, fragment, length):
    client, server = Peer(True, fragment), Peer(False, fragment)
    client.flush(server)
    server.flush(client)
    client.headers(1, [*REQUEST, *headers])
    client.connection.send_data(1, b"d" * length)
    client.connection.send_data(1, b"", end_stream=True)
    client.connection.ping(b"12345678")
    client.flush(server)
    server.connection.increment_flow_control_window(1000)
    server.connection.push_stream(1, 2, REQUEST)
    server.headers(2, [(":status", "200"), *headers])
    server.headers(1, [(":status", "200")])
    server.connection.send_data(1, b"e" * length)
    server.connection.reset_stream(1)
    server.flush(client)
    client.connection.update_settings({h2.settings.SettingCodes.MAX_FRAME_SIZE: 20000})
    client.flush(server)
    for peer, other in ((client, server), (server, client)):
        peer.connection.close_connection()
        peer.flush(other)
    return client.writes, server.writes


def encoded(headers):
    return nghttp2.headers([(name.encode(), value.encode()) for name, value in headers])


def by_nghttp2():
    """Extension frames too: ORIGIN of the server."""
    client, server = nghttp2.Session("client"), nghttp2.Session("server")
    for session in (client, server):
        session.submit("settings", 0, None, 0)
    for number, headers in enumerate(([], LARGE, SMALL)):
        client.submit("request", None, *encoded([*REQUEST, *headers]), None, None)
        client.flush(server)
        server.submit("origin", 0, (nghttp2.Origin * 1)(nghttp2.Origin(b"http://a", 8)), 1)
        server.submit("push_promise", 0, 2 * number + 1, *encoded([*REQUEST, *headers]), None)
        server.submit("response", 2 * number + 1, *encoded([(":status", "200"), *headers]), None)
    client.submit("window_update", 0, 0, 70000)
    client.submit("ping", 0, b"12345678")
    while client.flush(server) | server.flush(client):
        pass
    for session, other in ((client, server), (server, client)):
        session.submit("goaway", 0, 0, 0, None, 0)
        session.flush(other)
    return client.writes, server.writes


def streams():
    small, large = by_h2(SMALL, 12, 20), by_h2(LARGE, 16384, 9000)
    return [Stream(role, writes, name, framing, in_matrix)
            for name, framing, in_matrix, conversation in (
                ("", "", True, small), ("by frame", "http2,unit=frame", True, small), ("large", "", False, large),
                ("nghttp2", "", False, by_nghttp2()))
            for role, writes in zip(("client", "server"), conversation)]


def goes_on(frame):
    return isinstance(frame, (HeadersFrame, PushPromiseFrame, ContinuationFrame)) and "END_HEADERS" not in frame.flags


def ends(stream):
    """Of the preface, frames, and whole header blocks."""
    at = len(PREFACE) if stream.role == "client" else 0
    found, view = [at] if at else [], memoryview(stream.data)
    while at < len(view):
        frame, length = Frame.parse_frame_header(view[at:at + HEADER])
        frame.parse_body(view[at + HEADER:at + HEADER + length])
        at += HEADER + length
        if "unit=frame" in stream.framing or not goes_on(frame):
            found.append(at)
    return found


def proves(sent, offered):
    """Another frame than a CONTINUATION of the same stream, behind a whole frame of a block that goes on."""
    at, stream = 0, b""
    while HEADER <= len(sent) - at:
        stream = sent[at + 5:at + HEADER]
        at += HEADER + int.from_bytes(sent[at:at + 3], "big")
    if at != len(sent) or len(offered) < HEADER or offered[5] & RESERVED:
        return False
    is_block = sent[3:4] in (b"\1", b"\5") and not sent[4] & 4
    return is_block and (offered[3] < CONTINUATION or
                         (offered[3] == CONTINUATION and offered[5:HEADER] != stream))


def frame(kind, flags, stream, payload=b""):
    return len(payload).to_bytes(3, "big") + bytes([kind, flags]) + stream.to_bytes(4, "big") + payload


SETTINGS = frame(4, 0, 0)
BLOCK = SETTINGS + frame(1, 0, 1, b"h")

WRONG = {
    "an HTTP/1 request": ("client", b"PRI * HTTP/1.1\r\n\r\n"),
    "a first frame that is not SETTINGS": ("client", PREFACE + frame(6, 0, 0, b"pingpong")),
    "a server's first frame that is not SETTINGS": ("server", frame(6, 0, 0, b"pingpong")),
    "the reserved bit": ("server", SETTINGS + b"\0\0\0\4\1\x80\0\0\0"),
    "CONTINUATION of nothing": ("server", SETTINGS + frame(9, 4, 1)),
    "CONTINUATION behind the end of the block": ("server", BLOCK + frame(9, 4, 1) + frame(9, 4, 1)),
    "DATA inside a block": ("server", BLOCK + frame(0, 0, 1, b"d")),
    "an extension inside a block": ("server", BLOCK + frame(0xc, 0, 0)),
    "CONTINUATION of another stream": ("server", BLOCK + frame(9, 4, 3)),
}
