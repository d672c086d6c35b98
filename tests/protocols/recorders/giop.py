"""CORBA's GIOP over TCP."""

import functools
import os
import tempfile

from ..erlang import packet_ends
from ..tap import free_port, listens, run, running, tcp_tap
from ..tshark import end_of, pdus
from . import Stream

SERIALIZER = "omniORB (nameclt, omniNames)"
PARSER = "erlang:decode_packet/3, tshark"
PORT = 2809

NAMES = [["bind_new_context", "one"], ["bind_new_context", "one/two"], ["list", "one"], ["list"],
         ["remove_context", "one/two"]]
LONG_NAME = [["bind_new_context", "n" * 17000], ["list"], ["remove_context", "n" * 17000], ["list"]]


@functools.cache
def conversation():
    """What both sides say about names, and about a name so long that it is sent in fragments."""
    port = free_port()
    with tempfile.TemporaryDirectory() as directory, tcp_tap(port) as tap:
        tapped = tap.listener.getsockname()[1]
        server = ["omniNames", "-start", port, "-datadir", directory, "-ORBendPointPublish", f"giop:tcp:127.0.0.1:{tapped}"]
        reference = f"corbaloc::127.0.0.1:{tapped}/NameService"
        with running(server, lambda: listens(port)):
            for command in NAMES:
                run(["nameclt", "-ior", reference, *command], env={**os.environ, "OMNIORB_CONFIG": ""})
            short = len(tap.client)
            for command in LONG_NAME:
                run(["nameclt", "-ior", reference, *command], env={**os.environ, "OMNIORB_CONFIG": ""})
    return [[in_one(side[:short]), in_one(side[short:])] for side in (tap.client, tap.server)]


def in_one(connections):
    """The pieces of all connections one after the other."""
    return b"".join(map(b"".join, connections))


def streams():
    return [stream for role, (names, long_name) in zip(("client", "server"), conversation())
            for stream in (Stream(role, [names]), Stream(role, [long_name], "fragments", in_matrix=False))]


def frame_ends(stream):
    return packet_ends("cdr", stream.data)


def goes_on(frame):
    return any(field.get("name") == "giop.flags.fragment" and int(field.get("value"), 16) for field in frame.iter("field"))


def ends(stream):
    """The frames of which tshark does not show that a fragment follows."""
    shown = pdus(stream.data, PORT, "giop", stream.role == "server")
    assert frame_ends(stream) == list(map(end_of, shown))
    return [end_of(frame) for frame in shown if not goes_on(frame)]


WRONG = {
    "no magic": ("client", b"GIOQ\1\0\1\0\0\0\0\0"),
    "another version": ("client", b"GIOP\2\0\1\0\0\0\0\0"),
    "a message type above all": ("server", b"GIOP\1\2\1\x08\0\0\0\0"),
}
