"""Rules pick connections by what they are connected to, over real sockets, at whichever end."""

import os
import socket

import pytest

from .connections import (both_ends, connect_elsewhere, connect_without_waiting, reconnect_poisoned,
                          write_before_it_is_connected)
from .guarded import run_body


def listening(kind, directory):
    if kind == "tcp":
        return socket.create_server(("127.0.0.1", 0))
    if kind == "tcp6":
        return socket.create_server(("::1", 0), family=socket.AF_INET6)
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(f"\0poisonshim-{os.getpid()}-{id(listener)}" if kind == "abstract" else f"{directory}/listener")
    listener.listen()
    return listener


def filled(rules, listener, directory):
    name = listener.getsockname()
    if isinstance(name, tuple):
        return rules.format(port=name[1], other=name[1] ^ 1)
    if isinstance(name, bytes):
        return rules.format(name=name[1:].decode())
    return rules.format(path=name, directory=directory)


ENDS = [
    ("tcp", "port:{port}=call", True, True),
    ("tcp", "port:{other}=call", False, False),
    ("tcp", "port:1-65535=call", True, True),
    ("tcp", "port:{other}/{port}=call", True, True),
    ("tcp", "peer:{port}=call", True, False),
    ("tcp", "peer:127.0.0.1:{port}=call", True, False),
    ("tcp", "peer:127.0.0.2:{port}=call", False, False),
    ("tcp", "local:{port}=call", False, True),
    ("tcp", "local:127.0.0.1:{port}=call", False, True),
    ("tcp", "!peer:{port}=call", False, True),
    ("tcp", "!port:{other}=call", True, True),
    ("tcp", "type:tcp=call", True, True),
    ("tcp", "type:unix=call", False, False),
    ("tcp", "type:tcp+peer:{port}=call", True, False),
    ("tcp", "peer:{port}=off;*=call", False, True),
    ("tcp", "*=call;peer:{port}=off", True, True),
    ("tcp", "unix:*=call", False, False),
    ("tcp6", "peer:[::1]:{port}=call", True, False),
    ("tcp6", "local:[::1]:{port}=call", False, True),
    ("tcp6", "peer:127.0.0.1:{port}=call", False, False),
    ("unix", "unix:{path}=call", True, True),
    ("unix", "unix:{directory}/*=call", True, True),
    ("unix", "unix:{directory}/another=call", False, False),
    ("unix", "type:unix=call", True, True),
    ("unix", "port:1-65535=call", False, False),
    ("abstract", "unix:@{name}=call", True, True),
    ("abstract", "unix:{name}=call", False, False),
    ("abstract", "!unix:@{name}=call", False, False),
]


@pytest.mark.parametrize("kind, rules, client, server", ENDS)
def test_rule(tmp_path, kind, rules, client, server):
    with listening(kind, tmp_path) as listener:
        run_body(tmp_path, both_ends, {"listener_fd": listener.fileno(), "client": client, "server": server},
                 pass_fds=[listener.fileno()], RULES=filled(rules, listener, tmp_path)).check()


BODIES = (connect_without_waiting, write_before_it_is_connected, connect_elsewhere, reconnect_poisoned)


@pytest.mark.parametrize("body", BODIES, ids=lambda body: body.__name__)
@pytest.mark.parametrize("rules", ("peer:{port}=call", "port:{port}=call", "*=call"))
def test_a_stream_is_picked_when_it_is_connected(tmp_path, body, rules):
    with listening("tcp", tmp_path) as listener:
        run_body(tmp_path, body, {"listener_fd": listener.fileno()}, pass_fds=[listener.fileno()],
                 RULES=filled(rules, listener, tmp_path)).check()
