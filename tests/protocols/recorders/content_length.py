"""The base protocol of the Language Server and the Debug Adapter Protocol."""

import functools
import io
import json
import subprocess

from debugpy.common.messaging import JsonIOStream
from pylsp_jsonrpc.streams import JsonRpcStreamReader, JsonRpcStreamWriter

from . import Stream

SERIALIZER = "python3-pylsp-jsonrpc, python3-debugpy, clangd"
PARSER = "python3-debugpy, python3-pylsp-jsonrpc"
SECONDS = 60


class Kept(io.BytesIO):
    """Call by call."""

    def __init__(self):
        super().__init__()
        self.writes = []

    def write(self, data):
        self.writes.append(bytes(data))
        return super().write(data)


def by_pylsp(messages):
    kept = Kept()
    for message in messages:
        JsonRpcStreamWriter(kept).write(message)
    return kept.writes


def by_debugpy(messages):
    kept = Kept()
    for message in messages:
        JsonIOStream(io.BytesIO(), kept).write_json(message)
    return kept.writes


def requests():
    return [{"jsonrpc": "2.0", "method": method, "params": {"text": text}, "id": number}
            for number, (method, text) in enumerate([("initialize", ""), ("a", "zeichen: äöü"), ("b", "x" * 70),
                                                     ("c", "")])]


def answers():
    return [{"type": "response", "request_seq": n, "seq": n + 9, "success": True, "command": "threads", "body": body}
            for n, body in enumerate([None, {"threads": []}, {"threads": [{"id": 1, "name": "träge"}]}, {}])]


@functools.cache
def of_clangd():
    """What it answers to some questions."""
    asked = [{"jsonrpc": "2.0", "id": 0, "method": "initialize", "params": {"capabilities": {}, "rootUri": None}},
             *({"jsonrpc": "2.0", "id": n, "method": "no/such/method", "params": {}} for n in range(1, 4)),
             {"jsonrpc": "2.0", "id": 4, "method": "shutdown"}, {"jsonrpc": "2.0", "method": "exit"}]
    text = b"".join(b"Content-Length: %d\r\n\r\n%s" % (len(body), body)
                    for body in (json.dumps(question).encode() for question in asked))
    return subprocess.run(["clangd", "--log=error"], input=text, capture_output=True, check=True,
                          timeout=SECONDS).stdout


def streams():
    return [Stream("client", by_pylsp(requests()), "pylsp"), Stream("client", by_debugpy(requests()), "debugpy"),
            Stream("server", by_pylsp(answers()), "pylsp"), Stream("server", by_debugpy(answers()), "debugpy"),
            Stream("server", [of_clangd()], "clangd", in_matrix=False)]


def ends(stream):
    """Where the other one has read a message."""
    source, found = io.BytesIO(stream.data), []
    if stream.name == "pylsp":
        reader = JsonIOStream(source, io.BytesIO())
        while source.tell() < len(stream.data):
            reader.read_json()
            found.append(source.tell())
    else:
        JsonRpcStreamReader(source).listen(lambda _: found.append(source.tell()))
    return found


WRONG = {
    "no length": ("client", b"Content-Type: text/plain\r\n\r\n{}"),
    "an empty header": ("server", b"\r\n\r\n{}"),
    "a length that is no number": ("client", b"Content-Length: x\r\n\r\n"),
    "an empty length": ("client", b"Content-Length:\r\n\r\n"),
    "two numbers": ("client", b"Content-Length: 1 2\r\n\r\n"),
    "a negative length": ("server", b"Content-Length: -1\r\n\r\n"),
    "a length beyond 2^63": ("server", b"Content-Length: 9223372036854775808\r\n\r\n"),
    "two lengths": ("client", b"Content-Length: 2\r\nContent-Length: 3\r\n\r\n"),
    "a line without a colon": ("client", b"Content-Length: 2\r\nabc\r\n\r\n"),
    "a line without a name": ("client", b"Content-Length: 2\r\n: abc\r\n\r\n"),
    "a body that is longer": ("server", b"Content-Length: 2\r\n\r\n{}}\r\n"),
    "an HTTP request": ("client", b"GET / HTTP/1.1\r\n\r\n"),
    "JSON": ("client", b'{"jsonrpc": "2.0"}'),
}
