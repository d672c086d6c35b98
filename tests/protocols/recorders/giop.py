"""CORBA's GIOP over TCP."""

import functools
import os
import tempfile

from ..tap import answers, free_port, run, running, tcp_tap
from ..tshark import pdu_ends
from . import Stream

SERIALIZER = "omniORB (nameclt, omniNames)"
PARSER = "tshark"
PORT = 2809


@functools.cache
def conversation():
    """Of all connections one after the other. The server names the tap's port in its references."""
    port = free_port()
    with tempfile.TemporaryDirectory() as directory, tcp_tap(port) as tap:
        tapped = tap.listener.getsockname()[1]
        server = ["omniNames", "-start", port, "-datadir", directory, "-ORBendPointPublish", f"giop:tcp:127.0.0.1:{tapped}"]
        reference = f"corbaloc::127.0.0.1:{tapped}/NameService"
        with running(server, lambda: answers(port)):
            for command in (["bind_new_context", "one"], ["bind_new_context", "one/two"], ["list", "one"], ["list"],
                            ["remove_context", "one/two"]):
                run(["nameclt", "-ior", reference, *command], env={**os.environ, "OMNIORB_CONFIG": ""})
    return [b"".join(map(b"".join, side)) for side in (tap.client, tap.server)]


def streams():
    client, server = conversation()
    return [Stream("client", [client]), Stream("server", [server])]


def ends(stream):
    return pdu_ends(stream.data, PORT, "giop", stream.role == "server")


WRONG = {
    "no magic": ("client", b"GIOQ\1\0\1\0\0\0\0\0"),
    "another version": ("client", b"GIOP\2\0\1\0\0\0\0\0"),
    "a message type above all": ("server", b"GIOP\1\2\1\x08\0\0\0\0"),
}
