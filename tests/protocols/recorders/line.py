"""Lines of text, as FTP's control connection and statsd have them."""

import ftplib
import functools
import sys
import tempfile

import statsd

from .. import erlang
from ..tap import SECONDS, listening, tcp_tap
from . import Stream

SERIALIZER = "python3-pyftpdlib, Python's ftplib; python3-statsd"
PARSER = "erlang:decode_packet/3"


def server(port):
    return [sys.executable, "-m", "pyftpdlib", "-i", "127.0.0.1", "-p", str(port), "-d", tempfile.gettempdir()]


@functools.cache
def ftp():
    with listening(server) as port, tcp_tap(port) as tap, ftplib.FTP() as client:
        client.connect("127.0.0.1", tap.listener.getsockname()[1], SECONDS)
        client.login()
        client.voidcmd("NOOP")
        client.sendcmd("FEAT")
        client.pwd()
        client.quit()
    return tap.client[0], tap.server[0]


class Kept:
    """What a socket was told to send."""

    def __init__(self):
        self.writes = []

    def sendall(self, data):
        self.writes.append(data)


def metrics():
    client, kept = statsd.TCPStatsClient("127.0.0.1"), Kept()
    client._sock = kept  # pylint: disable=protected-access
    client.incr("requests")
    client.gauge("depth", 42)
    with client.pipeline() as pipeline:
        pipeline.timing("answer", 320)
        pipeline.incr("bytes", 1 << 40)
    client.decr("requests")
    return kept.writes


def streams():
    client, answers = ftp()
    return [Stream("client", client, "FTP"), Stream("server", answers, "FTP"), Stream("client", metrics(), "statsd")]


def ends(stream):
    return erlang.packet_ends("line", stream.data)


WRONG = {}
