"""pyzmq on both sides. The programs know how many messages they sent; beside them there are greeting and READY command."""

import sys

import pytest

from .checks import assert_counted
from .proxy import Proxy
from .stage import PROGRAMS

PEER = [sys.executable, PROGRAMS / "zmq_peer.py"]
HANDSHAKE = 2


def talk(stage, guarded, bind, connect, slow=False):
    server = stage.start(*PEER, *bind, rules="type:tcp=zmtp" if guarded else None, small_send_buffer=slow)
    with Proxy(("127.0.0.1", int(server.line())), slow) as proxy:
        words = [proxy.port if word == "PORT" else word for word in connect]
        client = stage.play(*PEER, *words, rules=f"port:{proxy.port}=zmtp" if guarded else None, small_send_buffer=slow)
        server.finish()
        proxy.settled()
    return client, server, proxy


@pytest.mark.parametrize("slow", [False, True], ids=["", "slow"])
def test_request_and_reply(stage, payload, slow):
    ask = ["ask", "PORT", payload]
    bare, *_ = talk(stage, False, ["answer"], ask)
    client, server, proxy = talk(stage, True, ["answer"], ask, slow)
    assert client.outcome() == bare.outcome() == (0, b"9 answers\n", b"")
    assert server.outcome()[0::2] == (0, b"")
    client.assert_undisturbed(cut=slow)
    server.assert_undisturbed(cut=slow)
    assert_counted(proxy, client, server, lambda *_: (HANDSHAKE + 9, "zmtp"))


def test_publish_and_subscribe(stage):
    words = ["publish", "300"], ["listen", "PORT"]
    bare, *_ = talk(stage, False, *words)
    client, server, proxy = talk(stage, True, *words)
    assert client.outcome() == bare.outcome()
    client.assert_undisturbed()
    server.assert_undisturbed()
    assert_counted(proxy, client, server, lambda role, _: (HANDSHAKE + (1 if role == "client" else 301), "zmtp"))
