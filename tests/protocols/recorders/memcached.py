"""The text protocol of memcached, classic and meta."""

import atexit
import contextlib
import functools
import itertools
import pathlib
import re
import socket
import tempfile

from pymemcache.client.base import Client

from ..tap import SECONDS, answers_at, running, unix_connected, unix_tap
from . import Stream

SERIALIZER = "python3-pymemcache, memcached; meta requests are written as its protocol.txt has them"
PARSER = "memcached: by which byte it has done something; pymemcache; of meta replies: one for each request"

META = [b"ms key 5 T90 F1\r\nvalue\r\n", b"mg key t f v\r\n", b"ms  " + b"k" * 250 + b"  0\r\n\r\n", b"mg none v\r\n",
        b"ms key 10 I MS\r\n\r\nmg key\r\n\r\n", b"mg key v q k O123\r\n", b"ma key\r\n", b"me key\r\n",
        b"ms n 2\r\n41\r\n",
        b"ma n v\r\n", b"md key q\r\n", b"md none\r\n", b"mn\r\n", b"mg key s v\r\n"]
MARK = b"MN\r\n"


STOPPED_AT_EXIT = contextlib.ExitStack()
atexit.register(STOPPED_AT_EXIT.close)


@functools.cache
def server():
    """The path of its socket. It takes a second to stop."""
    path = pathlib.Path(STOPPED_AT_EXIT.enter_context(tempfile.TemporaryDirectory())) / "socket"
    STOPPED_AT_EXIT.enter_context(running(["memcached", "-u", "root", "-s", path], lambda: answers_at(path)))
    return path


def talk(client):
    """Calls of pymemcache; what is between two of them is one message of either side, but get_many of no key."""
    yield client.set("key", b"value")
    yield client.get("key")
    yield client.set("k" * 250, b"", noreply=True)
    yield client.get("none")
    yield client.get_many(["key", "none", "k" * 250])
    yield client.add("key", b"\r\nget key\r\n")
    yield client.append("key", b"\r\nEND\r\n")
    yield client.prepend("key", b"x" * 99, noreply=True)
    value, token = client.gets("key")
    yield value
    yield client.cas("key", b"7", token)
    yield client.replace("key", b"410")
    yield client.incr("key", 1)
    yield client.delete("key", noreply=True)
    yield client.touch("none", 5)
    yield client.version()
    yield client.stats("detail", "on")
    yield client.stats("sizes")
    yield client.get("none")


class Replay:
    """A connection on which the bytes of a server come one by one."""

    def __init__(self, data):
        self.data, self.at = data, 0

    def sendall(self, _):
        pass

    def recv(self, _):
        self.at += 1
        return self.data[self.at - 1:self.at]

    def close(self):
        pass


def replied(data):
    """By which byte pymemcache has each reply."""
    client, replay = Client("none", default_noreply=False), Replay(data)
    client.sock = replay
    return sorted({replay.at for _ in talk(client)} - {0})


@functools.cache
def classic():
    with tempfile.TemporaryDirectory() as directory, unix_tap(f"{directory}/tap", server) as tap:
        client = Client(f"{directory}/tap", connect_timeout=SECONDS, timeout=SECONDS, default_noreply=False)
        assert list(talk(client))[-1] is None
        client.close()
    return b"".join(tap.client[0]), b"".join(tap.server[0])


def asked(link, request):
    link.sendall(request + b"mn\r\n")
    data = b""
    while not data.endswith(MARK):
        data += link.recv(1 << 16)
    return data[:-len(MARK)]


@functools.cache
def meta():
    with unix_connected(server()) as link:
        return list(filter(None, (asked(link, request) for request in META)))


def until_closed(link):
    link.shutdown(socket.SHUT_WR)
    return b"".join(iter(lambda: link.recv(1 << 16), b""))


KEYS = b" ".join((b"key", b"none", b"n", b"k" * 250))


def effect(data):
    """What the server says to the bytes, but for numbers that grow, and what it then has."""
    with unix_connected(server()) as before:
        before.sendall(b"".join(b"delete %s\r\n" % key for key in KEYS.split()))
        until_closed(before)
    with unix_connected(server()) as link, unix_connected(server()) as after:
        link.sendall(data)
        said = until_closed(link)
        after.sendall(b"get " + KEYS + b"\r\n")
        return re.sub(rb"\d+", b"1", said), until_closed(after)


def done(data):
    """By which bytes the server has said more or has something else. What it had to say behind a cut block is lost."""
    found, most, had = [], 0, b"END\r\n"
    for at in range(1, len(data) + 1):
        said, has = effect(data[:at])
        if len(said) > most or has != had:
            found.append(at)
        most, had = max(most, len(said)), has
    return found


def streams():
    client, answers = classic()
    return [Stream("client", [client]), Stream("client", META, "meta"),
            Stream("server", [answers]), Stream("server", meta(), "meta")]


def ends(stream):
    if stream.role == "client":
        return done(stream.data)
    return list(itertools.accumulate(map(len, stream.writes))) if stream.name else replied(stream.data)


WRONG = {
    "a request of nothing known": ("client", b"GET / HTTP/1.1\r\n"),
    "a longer block than announced": ("client", b"set key 0 0 5\r\nvalues\r\n"),
    "a block that a line feed ends": ("client", b"set key 0 0 5\r\nvalue\n\r\n"),
    "a block that a carriage return ends": ("client", b"set key 0 0 5\r\nvalue\r\r\n"),
    "a binary request": ("client", b"\x00\x00\x00\x10" + bytes(16)),
    "a binary request behind a line": ("client", b"get key\r\n\x00\x00\x00\x10" + bytes(16)),
    "a reply of nothing known": ("server", b"HTTP/1.1 200 OK\r\n"),
    "a longer value": ("server", b"VALUE key 0 5\r\nvalues\r\nEND\r\n"),
}
