"""RESP 2 and 3 and Redis' replication."""

import contextlib
import itertools
import pathlib
import re
import subprocess
import tempfile

import hiredis
from redis.connection import Connection

from ..tap import run, unix_connected, unix_tap
from . import Stream

SERIALIZER = "python3-redis, redis-benchmark (inline commands); redis-server, with its DEBUG PROTOCOL"
PARSER = "hiredis' reader; of RESP3 and inline commands redis-server: one reply for each request"

REQUESTS = [("SET", "key", "value"), ("SET", "empty", ""), ("GET", b"\r\n*1\r\n$4\r\nPING\r\n"), ("PING",),
            ("MSET", "a", "x" * 120, "b", "\0\xff"), ("GET", "key")]

ASKED_IN_2 = [("PING",), ("SET", "key", "value"), ("GET", "key"), ("GET", "none"), ("SET", "empty", ""),
              ("MGET", "key", "none", "empty"), ("LPUSH", "list", "x" * 90, "y", "\r\n$3\r\n"),
              ("LRANGE", "list", 0, -1), ("LRANGE", "none", 0, -1), ("EVAL", "return {1, {2, {}, {3, {4}}}, 5}", 0),
              ("INCR", "key"), ("GEOPOS", "none", "a", "b"), ("SUBSCRIBE", "channel", "another"), ("PING", "the last")]

ASKED_IN_3 = [("HELLO", 3), ("HSET", "hash", "one", 1, "two", 2), ("HGETALL", "hash"), ("SADD", "set", 1),
              ("SMEMBERS", "set"), ("GET", "none"), ("SUBSCRIBE", "channel"), ("EVAL",
              "return {{}, {1, {map={a={set={b=true}}}}}, 'x'}", 0),
              *[("DEBUG", "PROTOCOL", kind) for kind in (
                  "attrib", "verbatim", "bignum", "double", "null", "true", "map", "set", "array", "string",
                  "integer")],
              ("CONFIG", "GET", "maxmemory*"), ("GET", "key")]


def packed(*requests):
    return [b"".join(Connection().pack_command(*request)) for request in requests]


@contextlib.contextmanager
def server():
    with tempfile.TemporaryDirectory() as directory:
        path = pathlib.Path(directory) / "socket"
        with subprocess.Popen(["redis-server", "--port", "0", "--unixsocket", path, "--dir", directory, "--save", "",
                               "--enable-debug-command", "local"], stdout=subprocess.PIPE, text=True) as process:
            try:
                next(line for line in process.stdout if "ready to accept" in line)
                yield path
            finally:
                process.kill()


def lengths(data):
    """hiredis says after which bytes it has a whole item."""
    reader, found = hiredis.Reader(), []
    for at in range(len(data)):
        reader.feed(data[at:at + 1])
        if reader.gets() is not False:
            found.append(at + 1)
    return found


def read_until(link, pattern):
    data = b""
    while not re.search(pattern, data, re.DOTALL):
        piece = link.recv(1 << 16)
        assert piece, data
        data += piece
    return data


def answers(path, requests):
    """All that is written in answer, up to an array with the last argument."""
    with unix_connected(path) as link:
        link.sendall(b"".join(packed(*requests)))
        return read_until(link, rb"the last\r\n$")


def replies(path, requests):
    """Reply by reply: behind each request comes one that has a reply like no other."""
    with unix_connected(path) as link:
        for number, request in enumerate(requests):
            link.sendall(b"".join(packed(request, ("ECHO", f"mark {number}"))))
            mark = f"${len(str(number)) + 5}\r\nmark {number}\r\n"
            yield read_until(link, re.escape(mark.encode()) + b"$")[:-len(mark)]


def benchmark(path):
    """What redis-benchmark writes as inline commands."""
    with tempfile.TemporaryDirectory() as directory, unix_tap(f"{directory}/socket", lambda: path) as tap:
        run(["redis-benchmark", "-s", f"{directory}/socket", "-c", "1", "-n", "3", "-t", "ping_inline", "-q"])
    return next(data for data in map(b"".join, tap.client) if data.startswith(b"PING"))


def master():
    """What a master writes to a replica: replies, the file with its data set, requests that it passes on."""
    with server() as path, unix_connected(path) as link, unix_connected(path) as other:
        other.sendall(b"".join(packed(("SET", "before", "x" * 30))))
        assert read_until(other, b"OK\r\n")
        link.sendall(*packed(("PING",)))
        pong = read_until(link, b"\r\n$")
        link.sendall(*packed(("PSYNC", "?", "-1")))
        sync = read_until(link, rb"\$[^\r]*\r\n.*before.*\xff.{8}")
        before, between, after = sync.partition((path.parent / "dump.rdb").read_bytes())
        assert between
        reply, length = re.findall(rb"[^\n]+\n", before)
        other.sendall(b"".join(packed(*[("SET", "after", n) for n in range(3)])))
        return [pong, reply, length + between, after + read_until(link, rb"after\r\n\$1\r\n2\r\n")]


def streams():
    with server() as path:
        in_2 = answers(path, ASKED_IN_2)
        in_3 = list(replies(path, ASKED_IN_3))
        inline = benchmark(path)
    return [Stream("client", packed(*REQUESTS)), Stream("client", [inline], "inline"),
            Stream("server", [in_2]), Stream("server", in_3, "RESP3"), Stream("server", master(), "replication")]


def ends(stream):
    """Of inline commands, of RESP3 and of a data set hiredis knows nothing; each write is one of them."""
    if stream.name == "inline":
        return list(itertools.accumulate(map(len, stream.data.splitlines(True))))
    found, at = [], 0
    for write in stream.writes:
        known = [] if stream.name == "RESP3" else lengths(write)
        found += [at + length for length in known or [len(write)]]
        at += len(write)
    return found


def must_come(sent):
    """What the next bytes of an unfinished request must be: `$`, the end of a line, or b"" for anything."""
    head = re.match(rb"\*(\d+)\r\n", sent)
    at, count = (head.end(), int(head[1])) if head else (len(sent), 0)
    for _ in range(count):
        if at == len(sent):
            return b"$"
        length = re.compile(rb"\$(\d+)\r\n").match(sent, at)
        if not length:
            return b""
        at = length.end() + int(length[1])
        if at == len(sent):
            return b"\r"
        at += 2
    return b""


def client_proves(sent, offered):
    """A request begins where nothing but the rest of another can stand."""
    return bool(must_come(sent)) and bool(re.match(rb"\*\d+\r\n(\$|$)", offered))


WRONG = {
    "a request with something else than bulk strings": ("client", b"*2\r\n$3\r\nGET\r\n:1\r\n"),
    "a request of a word": ("client", b"*two\r\n"),
    "a longer bulk string than announced": ("client", b"*1\r\n$4\r\nPINGS\r\n"),
    "a length that a carriage return alone ends": ("client", b"*1\rx"),
    "a bulk string that a carriage return alone ends": ("client", b"*1\r\n$1\r\nx\rx"),
    "a longer verbatim string": ("server", b"=5\r\ntxt:xx\r\n"),
    "a binary request": ("client", b"\x00\x00\x00\x10" + bytes(16)),
    "a reply of no type": ("server", b"HTTP/1.1 200 OK\r\n"),
    "a bulk string without a length": ("server", b"$\r\n\r\n"),
    "two signs": ("server", b"*--1\r\n"),
    "an array of a billion billions": ("server", b"*1000000000000000000\r\n"),
    "a longer bulk string in an array": ("server", b"*1\r\n$4\r\nPINGS\r\n"),
}
