"""The binary protocol of memcached."""

import functools
import pathlib
import tempfile

from ..tap import listening, run, tcp_tap
from ..tshark import pdu_ends
from . import Stream

SERIALIZER = "libmemcached, memcached"
PARSER = "tshark"
PORT = 11211


@functools.cache
def conversation():
    """Both sides, of all connections one after the other."""
    with tempfile.TemporaryDirectory() as directory, \
            listening(lambda port: ["memcached", "-u", "nobody", "-l", "127.0.0.1", "-p", port, "-U", 0]) as port, \
            tcp_tap(port) as tap:
        server = f"--servers=127.0.0.1:{tap.listener.getsockname()[1]}"
        for name, size in (("short", 3), ("empty", 0), ("long", 300)):
            file = pathlib.Path(directory) / name
            file.write_bytes(b"v" * size)
            run(["memccp", "--binary", server, file])
        run(["memccat", "--binary", server, "short", "empty", "long"])
    return [b"".join(map(b"".join, side)) for side in (tap.client, tap.server)]


def streams():
    client, server = conversation()
    return [Stream("client", [client]), Stream("server", [server])]


def ends(stream):
    return pdu_ends(stream.data, PORT, "memcache", stream.role == "server")


WRONG = {
    "a request of the text protocol": ("client", b"set a 0 0 1\r\n"),
    "no magic": ("client", b"\x84" + bytes(23)),
    "extras of Couchbase longer than the body": ("client", b"\x08\0\3\2" + bytes(7) + b"\4" + bytes(12)),
    "a response of the text protocol": ("server", b"STORED\r\nSTORED\r\n"),
    "a key longer than the body": ("client", b"\x80\0\0\5\0\0\0\0\0\0\0\4" + bytes(12)),
    "extras longer than the body": ("server", b"\x81\0\0\0\5\0\0\0\0\0\0\4" + bytes(12)),
    "no data type": ("client", b"\x80\0\0\0\0\x08\0\0\0\0\0\0" + bytes(12)),
}
