"""Which side the program is, where no rule names an end: on a connection that it accepted, the server."""

import os
import socket

from .guarded import each, guarded
from .streams import drain, events

PLAIN = b"\x82\2ab"  # a WebSocket server's frame; a client's is masked
MASKED = b"\x82\x82\0\0\0\0ab"


def listening(kind):
    if kind == "tcp":
        return socket.create_server(("127.0.0.1", 0))
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(f"\0poisonshim-roles-{os.getpid()}")
    listener.listen()
    return listener


def connected(listener):
    client = socket.socket(listener.family)
    client.connect(listener.getsockname())
    return client, listener.accept()[0]


@each("kind", ["tcp", "unix"])
@guarded(FRAMING="websocket")
def test_who_accepted_is_the_server_and_who_connected_the_client(kind):
    with listening(kind) as listener:
        client, server = connected(listener)
        assert server.send(PLAIN) == len(PLAIN) and client.send(MASKED) == len(MASKED)
        assert not events("desync")
        client, server = connected(listener)
        assert server.send(MASKED) == len(MASKED) and drain(client) == MASKED
        event, = events("desync")
        assert event["fd"] == server.fileno()


@each("role, frame", [("client", "masked"), ("server", "plain")])
@guarded(FRAMING="websocket,role={role}")
def test_a_role_that_is_given_holds_for_either_end(role, frame):
    with listening("tcp") as listener:
        for end in connected(listener):
            assert end.send({"masked": MASKED, "plain": PLAIN}[frame])
        assert not events("desync")
