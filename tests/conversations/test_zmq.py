"""pyzmq on both sides. The programs know how many messages they sent; beside them there are greeting and READY command."""

import sys

import pytest

from .checks import assert_counted, play
from .stage import PROGRAMS

PEER = [sys.executable, PROGRAMS / "zmq_peer.py"]
HANDSHAKE = 2


def talk(stage, framing, bind, connect, slow=False):
    server = stage.start(*PEER, *bind, rules=framing and f"type:tcp={framing}", small_send_buffer=slow)
    client, proxy = play(stage, ("127.0.0.1", int(server.line())), [*PEER, *connect], framing, slow)
    server.finish()
    return client, server, proxy


@pytest.mark.parametrize("slow", [False, True], ids=["", "slow"])
def test_request_and_reply(stage, big_file, slow):
    words = ["answer"], ["ask", "PORT", big_file]
    bare, *_ = talk(stage, None, *words)
    client, server, proxy = talk(stage, "zmtp", *words, slow)
    assert client.outcome() == bare.outcome() == (0, b"9 answers\n", b"")
    assert server.outcome()[0::2] == (0, b"")
    client.assert_undisturbed(cut=slow)
    server.assert_undisturbed(cut=slow)
    assert_counted(server, lambda *_: (HANDSHAKE + 9, "zmtp"), (client, proxy))


def test_publish_and_subscribe(stage):
    words = ["publish", "300"], ["listen", "PORT"]
    bare, *_ = talk(stage, None, *words)
    client, server, proxy = talk(stage, "zmtp", *words)
    assert client.outcome() == bare.outcome()
    client.assert_undisturbed()
    server.assert_undisturbed()
    assert_counted(server, lambda role, *_: (HANDSHAKE + (1 if role == "client" else 301), "zmtp"), (client, proxy))
