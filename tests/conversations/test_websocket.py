"""WebSockets of node, on both sides, from the handshake on."""

import pytest

from . import counts
from .checks import assert_counted, play
from .stage import PROGRAMS

DEBIAN = {"NODE_PATH": "/usr/share/nodejs"}  # for a node from elsewhere
PEER = ["node", PROGRAMS / "ws_peer.js"]


@pytest.mark.parametrize("compress, slow", [("plain", False), ("compress", False), ("plain", True)],
                         ids=["", "compressed", "slow"])
def test_messages_and_fragments(stage, compress, slow):
    def talk(framing, slow):
        server = stage.start(*PEER, compress, rules=framing and f"type:tcp={framing}", small_send_buffer=slow, **DEBIAN)
        return server, *play(stage, ("127.0.0.1", int(server.line())), [*PEER, compress, "PORT"], framing, slow,
                             **DEBIAN)

    _, bare, _ = talk(None, False)
    server, client, proxy = talk("http1", slow)
    assert client.outcome() == bare.outcome()
    assert client.output().endswith("2000003 true\n8 false\n")
    client.assert_undisturbed(cut=slow)
    server.assert_undisturbed(cut=slow)
    assert_counted(server, counts.websocket, (client, proxy))
