"""What real implementations write: OpenSSL, python3-h2 and libzmq."""

import random
import socket
import ssl
import subprocess

import h2.config
import h2.connection
import h2.settings
import hyperframe.frame
import pytest
import zmq

from . import reference
from .library import Framing, State

TIMEOUT = 20


def is_boundary(text, stream):
    return any(end == len(stream) for _, end in reference.messages(text, stream))


def assert_framed(text, writes):
    """`writes` are what one side wrote, call by call; a boundary comes where the reference says, and only there."""
    stream = b"".join(writes)
    found = reference.messages(text, stream)
    ends = {end for _, end in found}
    draw = random.Random(len(stream))
    for name in (text, "auto"):
        framing = Framing(name)
        assert framing.recognised(framing.feed_calls(*writes)) == text
        for cut in sorted({*draw.sample(range(1, len(stream)), 200), *ends, *(end - 1 for end in ends)} - {0}):
            state = framing.feed_pieces(stream[:cut])
            if framing.recognised(state) != "auto":
                assert (state.desync, state.inside) == (False, not is_boundary(text, stream[:cut])), (name, cut)
        state = framing.feed_pieces(stream, sorted(draw.sample(range(1, len(stream)), 50)))
        assert (state.inside, state.desync, state.messages) == (len(stream) not in ends, False, len(found))
    return found


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    path = tmp_path_factory.mktemp("tls") / "certificate.pem"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
                    "-subj", "/CN=localhost", "-days", "2", "-keyout", path, "-out", path.with_suffix(".crt")],
                   check=True, capture_output=True, timeout=TIMEOUT)
    with open(path, "a", encoding="ascii") as both:
        both.write(path.with_suffix(".crt").read_text())
    return path


class Peer:
    """One end of a TLS connection in memory; `writes` is what it would have written."""

    def __init__(self, context, server):
        self.incoming, self.outgoing, self.writes = ssl.MemoryBIO(), ssl.MemoryBIO(), []
        self.tls = context.wrap_bio(self.incoming, self.outgoing, server_side=server)

    def flush(self, other):
        data = self.outgoing.read()
        if data:
            self.writes.append(data)
            other.incoming.write(data)
        return bool(data)

    def shake_hands(self):
        try:
            self.tls.do_handshake()
        except ssl.SSLWantReadError:
            pass

    def write(self, data, other):
        self.tls.write(data)
        self.flush(other)


def contexts(version, certificate):
    client, server = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT), ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(certificate)
    client.check_hostname, client.verify_mode = False, ssl.CERT_NONE
    client.minimum_version = client.maximum_version = version
    return client, server


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_openssl(version, certificate):
    client_context, server_context = contexts(version, certificate)
    client, server = Peer(client_context, False), Peer(server_context, True)
    moved = True
    while moved:
        client.shake_hands()
        moved = client.flush(server)
        server.shake_hands()
        moved |= server.flush(client)
    for length in (1, 100, 16384, 16385, 50000, 5):
        client.write(bytes(length), server)
        server.write(bytes(length), client)
    for peer, other in ((client, server), (server, client)):
        try:
            peer.tls.unwrap()
        except ssl.SSLError:  # the other's data has not been read
            pass
        peer.flush(other)
        found = assert_framed("tls", peer.writes)
        assert found[-1][1] == sum(map(len, peer.writes))
        assert len(found) > 10


def hyperframe_messages(stream):
    """Ends of frames, of whole header blocks and of the preface, as hyperframe reads them."""
    ends = []
    at = len(reference.PREFACE) if stream.startswith(reference.PREFACE) else 0
    if at:
        ends.append(at)
    while at < len(stream):
        frame, length = hyperframe.frame.Frame.parse_frame_header(memoryview(stream[at:at + 9]))
        frame.parse_body(memoryview(stream[at + 9:at + 9 + length]))
        at += 9 + length
        if "END_HEADERS" in frame.flags or not isinstance(
                frame, (hyperframe.frame.HeadersFrame, hyperframe.frame.PushPromiseFrame,
                        hyperframe.frame.ContinuationFrame)):
            ends.append(at)
    return ends


class Http2Peer:
    def __init__(self, client):
        config = h2.config.H2Configuration(client_side=client, header_encoding="utf-8")
        self.connection, self.writes = h2.connection.H2Connection(config), []
        self.connection.initiate_connection()

    def flush(self, other):
        data = self.connection.data_to_send()
        if data:
            self.writes.append(data)
            other.connection.receive_data(data)


BIG = [(f"x-{n}", "v" * 1000 + str(n)) for n in range(40)]


def test_h2():
    client, server = Http2Peer(True), Http2Peer(False)
    client.flush(server)
    server.flush(client)
    request = [(":method", "GET"), (":scheme", "http"), (":authority", "a"), (":path", "/")]
    client.connection.send_headers(1, [*request, *BIG])
    client.connection.send_data(1, b"d" * 9000)
    client.connection.send_data(1, b"", end_stream=True)
    client.connection.ping(b"12345678")
    client.flush(server)
    server.connection.increment_flow_control_window(1000)
    server.connection.push_stream(1, 2, request)
    server.connection.send_headers(2, [(":status", "200"), *BIG])
    server.connection.send_headers(1, [(":status", "200")])
    server.connection.send_data(1, b"e" * 16384)
    server.connection.reset_stream(1)
    server.flush(client)
    client.connection.update_settings({h2.settings.SettingCodes.MAX_FRAME_SIZE: 20000})
    client.connection.close_connection()
    client.flush(server)
    for peer in (client, server):
        found = assert_framed("http2", peer.writes)
        assert [end for _, end in found] == hyperframe_messages(b"".join(peer.writes))
        assert len(found) > 6


def test_h2_server_without_settings_to_tell():
    """Its SETTINGS frame is empty; that it is HTTP/2 shows in the acknowledgement."""
    client, server = Http2Peer(True), Http2Peer(False)
    server.connection.data_to_send()
    frame = hyperframe.frame.SettingsFrame(0).serialize()
    server.writes = [frame]
    client.connection.receive_data(frame)
    client.flush(server)
    server.flush(client)
    assert b"".join(server.writes).startswith(frame + hyperframe.frame.SettingsFrame(0, flags=["ACK"]).serialize())
    framing = Framing("auto")
    assert framing.recognised(framing.feed_calls(*server.writes)) == "http2"


PULL = 7
ZMTP_PEERS = {
    "3.0": b"\xff" + bytes(7) + b"\1\x7f\3\0" + b"NULL".ljust(20, b"\0") + bytes(32) +
           b"\4\x1a\5READY\x0bSocket-Type\0\0\0\4PULL",
    "3.1": b"\xff" + bytes(7) + b"\1\x7f\3\1" + b"NULL".ljust(20, b"\0") + bytes(32) +
           b"\4\x1a\5READY\x0bSocket-Type\0\0\0\4PULL",
    "2.0": b"\xff" + bytes(7) + b"\1\x7f\1" + bytes([PULL]) + b"\0\0",
    "1.0 with a version": b"\xff" + bytes(7) + b"\1\x7f\0" + bytes([PULL]) + b"\1\0",
    "1.0": b"\1\0",
}
SENTINEL = b"the last message"


def received(connection):
    """All that arrives up to the sentinel, piece by piece."""
    pieces = [b""]
    while not b"".join(pieces[-2:]).endswith(SENTINEL):
        pieces.append(connection.recv(1 << 16))
        assert pieces[-1], "closed before its last message"
    return pieces[1:]


def push_to(peer, routing_id, messages):
    """What libzmq writes to a peer that says `peer`."""
    with zmq.Context() as context, socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(TIMEOUT)
        push = context.socket(zmq.PUSH)
        push.linger, push.sndtimeo = 0, TIMEOUT * 1000
        if routing_id:
            push.routing_id = routing_id
        push.connect("tcp://127.0.0.1:%d" % listener.getsockname()[1])
        with push, listener.accept()[0] as connection:
            connection.settimeout(TIMEOUT)
            connection.sendall(peer)
            for message in messages:
                push.send_multipart(message)
            return received(connection)


@pytest.mark.parametrize("routing_id", [b"", b"me"], ids=["anonymous", "named"])
@pytest.mark.parametrize("peer", ZMTP_PEERS)
def test_libzmq(peer, routing_id):
    messages = [[b"one"], [b"two", b"", b"parts"], [b""], [bytes(254)], [bytes(255), bytes(256)], [bytes(20000)],
                [SENTINEL]]
    writes = push_to(ZMTP_PEERS[peer], routing_id, messages)
    found = assert_framed("zmtp", writes)
    greeting = 1 if peer == "1.0" else 2  # then READY, or the routing id
    assert len(found) == greeting + len(messages)
    assert found[-1][1] == sum(map(len, writes))
