"""Record marking of ONC RPC, RFC 5531 section 11."""

import functools

from ..programs import built
from ..tap import listening, run, tcp_tap
from ..tshark import lengths
from . import Stream

SERIALIZER = "libtirpc"
PARSER = "tshark"
PORT = 2049
LAST = 1 << 31


@functools.cache
def conversation():
    program = built("sunrpc.c", "-I/usr/include/tirpc", "-ltirpc")
    with listening(lambda port: [program, "server", port]) as port, tcp_tap(port) as tap:
        run([program, "client", tap.listener.getsockname()[1]])
    return [b"".join(map(b"".join, side)) for side in (tap.client, tap.server)]


def streams():
    client, server = conversation()
    return [Stream("client", [client]), Stream("server", [server])]


def ends(stream):
    """tshark shows the length and the last-bit of every fragment; of replies, if it saw the calls."""
    asked = conversation()[0] if stream.role == "server" else b""
    shown = [lengths(stream.data, PORT, field, stream.role == "server",
                     options=("-o", "rpc.dissect_unknown_programs:TRUE"), asked=asked)
             for field in ("rpc.fraglen", "rpc.lastfrag")]
    at, found = 0, []
    for length, last in zip(*shown, strict=True):
        at += 4 + length
        if last:
            found.append(at)
    return found


WRONG = {
    "text": ("client", b"GET / HTTP/1.1\r\n"),
    "a fragment of 256 MiB": ("server", b"\x90\0\0\0"),
}
