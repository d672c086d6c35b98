"""HTTP/1.1, and what it becomes."""

import functools
import http.client
import http.server
import json
import re
import subprocess
import threading

import h11
from websockets.client import ClientConnection
from websockets.server import ServerConnection
from websockets.uri import parse_uri

from ..programs import DIRECTORY
from ..start_lines import StartLine, between_header_lines
from ..tap import SECONDS, listening, run, tcp_tap
from . import Stream, websocket

SERIALIZER = "python3-h11, node, Python's http.client and http.server, python3-websockets"
PARSER = "llhttp (node), python3-wsproto"
HOST, CODED = ("Host", "a.example"), ("Transfer-Encoding", "chunked")


# h11


def sent_by_h11(ours, parts):
    return [data for data in map(ours.send, parts) if data]


def requests_of_h11():
    def request(method, target, body=(), headers=()):
        parts = [h11.Request(method=method, target=target, headers=[HOST, *headers]), *map(h11.Data, body)]
        return sent_by_h11(h11.Connection(h11.CLIENT), [*parts, h11.EndOfMessage()])

    chunked = h11.Connection(h11.CLIENT)
    trailer = h11.EndOfMessage(headers=[("X-Sum", "1")])
    return [*request("GET", "/"), *request("POST", "/form", [b"one", b"two"], [("Content-Length", "6")]),
            *sent_by_h11(chunked, [h11.Request(method="PUT", target="/file", headers=[HOST, CODED]),
                                   h11.Data(b"first"), h11.Data(b""), h11.Data(b"second" * 5), trailer]),
            *request("HEAD", "http://a.example/?q=1"), *request("OPTIONS", "*"), *request("DELETE", "/file")]


def answer_of_h11(status, body=(), headers=(), before=(), question=b"GET / HTTP/1.1\r\nHost: a\r\n\r\n", end=()):
    server = h11.Connection(h11.SERVER)
    server.receive_data(question)
    server.next_event()
    return sent_by_h11(server, [*before, h11.Response(status_code=status, headers=headers), *map(h11.Data, body),
                                h11.EndOfMessage(headers=end)])


def answers_of_h11():
    wait = h11.InformationalResponse(status_code=100, headers=[])
    return [*answer_of_h11(200, [b"page"], [("Content-Length", "4")]),
            *answer_of_h11(200, [b"first", b"second" * 5], [CODED], end=[("X-Sum", "1")]),
            *answer_of_h11(204), *answer_of_h11(304, headers=[("Content-Length", "999")]),
            *answer_of_h11(404, headers=[("Content-Length", "0")], before=[wait]),
            *answer_of_h11(200, [b"another page"], [("Content-Length", "12")])]


def unlimited_answer_of_h11():
    """To HTTP/1.0, of a length that nobody says."""
    return answer_of_h11(200, [b"all that comes", b" is the body"], question=b"GET / HTTP/1.0\r\n\r\n")


# node


@functools.cache
def conversation_of_node():
    program = DIRECTORY / "http1.js"
    with listening(lambda port: ["node", program, "server", port]) as port, tcp_tap(port) as tap:
        run(["node", program, "client", tap.listener.getsockname()[1]])
    return max(zip(tap.client, tap.server), key=lambda sides: len(sides[0]))


# Python


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.send_response(200)
        self.send_header("Content-Length", "5")
        self.end_headers()
        self.wfile.write(b"abcde")

    do_POST = do_GET

    def log_message(self, *_):
        pass


@functools.cache
def conversation_of_python():
    with http.server.HTTPServer(("127.0.0.1", 0), Handler) as server, tcp_tap(server.server_port) as tap:
        threading.Thread(target=server.handle_request, daemon=True).start()
        client = http.client.HTTPConnection("127.0.0.1", tap.listener.getsockname()[1], timeout=SECONDS)
        for method, body in (("GET", None), ("POST", b"name=value"), ("GET", None)):
            client.request(method, "/path", body)
            client.getresponse().read()
        client.close()
    return tap.client[0], tap.server[0]


# WebSocket


@functools.cache
def conversation_of_websockets():
    client, server = ClientConnection(parse_uri("ws://a.example/chat")), ServerConnection()
    client.send_request(client.connect())
    writes = client.data_to_send(), []
    server.receive_data(b"".join(writes[0]))
    server.send_response(server.accept(server.events_received()[0]))
    writes[1].extend(server.data_to_send())
    client.receive_data(b"".join(writes[1]))
    for side, kept in zip((client, server), writes):
        side.send_text(b"hello")
        side.send_binary(b"bytes" * 30)
        side.send_ping(b"")
        side.send_text(b"the last one")
        kept.extend(side.data_to_send())
    return writes


def streams():
    yield Stream("client", requests_of_h11(), "h11")
    yield Stream("server", answers_of_h11(), "h11")
    yield Stream("server", answers_of_h11() + unlimited_answer_of_h11(), "h11 to the end", in_matrix=False)
    for name, conversation, recognised in (("node", conversation_of_node, ""), ("python", conversation_of_python, ""),
                                           ("websocket", conversation_of_websockets, "websocket")):
        for role, writes in zip(("client", "server"), conversation()):
            yield Stream(role, writes, name, recognised=recognised)


def llhttp(data, kind, *options):
    done = subprocess.run(["node", DIRECTORY / "llhttp.js", kind, *options], input=data, check=True,
                          capture_output=True,
                          timeout=SECONDS)
    return json.loads(done.stdout)


def ends(stream):
    found = llhttp(stream.data, "request" if stream.role == "client" else "response")
    if stream.name == "websocket":
        rest = Stream(stream.role, [stream.data[found[-1]:]])
        found += [found[-1] + end for end in websocket.ends(rest)]
    return found


# What proves that a message was given up.

FIRST_LINE = StartLine(rb"HTTP/1\.\d")


def is_between_chunks(sent, response):
    """Where a size, the end of a chunk or a trailer must stand, but not where a response to HEAD ends."""
    head, _, body = sent.partition(b"\r\n\r\n")
    at, first = 0, True
    if not re.search(rb"(?i)transfer-encoding: *chunked", head):
        return False
    while at < len(body):
        size = re.compile(rb"([0-9a-fA-F]+)[^\n]*\n").match(body, at)
        if not size:
            return False
        at = size.end() + int(size[1], 16)
        if int(size[1], 16) == 0:
            return body.endswith(b"\n")
        if body[at:at + 2] != b"\r\n":
            return at == len(body)
        at, first = at + 2, False
    return not (first and response)


def role_proves(response):
    def proves(sent, offered):
        return FIRST_LINE.begins(offered, response) and \
            (between_header_lines(sent) or b"\r\n\r\n" in sent and is_between_chunks(sent, response))
    return proves


client_proves, server_proves = role_proves(False), role_proves(True)

GET = b"GET / HTTP/1.1\r\n"
OK = b"HTTP/1.1 200 OK\r\n"
CHUNKED = b"Transfer-Encoding: chunked\r\n\r\n"
WRONG = {
    "another version": ("client", b"GET / HTTP/3.0\r\n\r\n"),
    "no version": ("client", b"GET /\r\n\r\n"),
    "no target": ("client", b"GET\r\n\r\n"),
    "a method without end": ("client", b"A" * 40),
    "a method of other letters": ("client", "ПИШИ / HTTP/1.1\r\n\r\n".encode()),
    "a control character in the target": ("client", b"GET /\0 HTTP/1.1\r\n\r\n"),
    "white space in front": ("client", b" GET / HTTP/1.1\r\n\r\n"),
    "a record of Redis": ("client", b"*1\r\n$4\r\nPING\r\n"),
    "no status": ("server", b"HTTP/1.1 OK\r\n\r\n"),
    "a status of four digits": ("server", b"HTTP/1.1 2000 OK\r\n\r\n"),
    "a status below 100": ("server", b"HTTP/1.1 099 OK\r\n\r\n"),
    "no protocol": ("server", b"ICAP/1.0 200 OK\r\n\r\n"),
    "a greeting": ("server", b"220 a.example ESMTP\r\n"),
    "a header without a colon": ("client", GET + b"Host\r\n\r\n"),
    "a header without a name": ("server", OK + b": a\r\n\r\n"),
    "a control character in a name": ("server", OK + b"A\0B: a\r\n\r\n"),
    "a CR alone": ("client", GET + b"\rHost: a\r\n\r\n"),
    "a length that is no number": ("server", OK + b"Content-Length: five\r\n\r\n"),
    "two lengths": ("client", GET + b"Content-Length: 5\r\nContent-Length: 6\r\n\r\n"),
    "a length beyond 2^63": ("client", GET + b"Content-Length: 9223372036854775808\r\n\r\n"),
    "a chunk without a size": ("client", GET + CHUNKED + b"\r\n"),
    "a chunk whose size is no number": ("server", OK + CHUNKED + b"xyz\r\n"),
    "a chunk of 2^64 bytes": ("server", OK + CHUNKED + b"10000000000000000\r\n"),
    "a chunk that is longer": ("server", OK + CHUNKED + b"2\r\nabc\r\n"),
    "a request where a chunk should be": ("client", GET + b"Expect: 100-continue\r\n" + CHUNKED + b"1\r\na\r\n" + GET),
    "a coding with a space in it": ("client", GET + b"Transfer-Encoding: chun ked\r\n\r\n"),
    "a request that ends with the stream": ("client", GET + b"Transfer-Encoding: gzip\r\n\r\n"),
    "a body that is longer": ("server", OK + b"Content-Length: 2\r\n\r\nabc\r\n"),
    "a frame of HTTP/2 that is not the first": ("server", OK + b"Content-Length: 0\r\n\r\n" + b"\0\0\0\1\5\0\0\0\1"),
}
