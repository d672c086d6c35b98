"""NATS between clients and servers, with headers."""

import functools
import itertools
import socket

from .. import nats
from ..tap import SECONDS, tcp_tap
from . import Stream

SERIALIZER = "libnats, nats-server"
PARSER = "nats-server: by which byte it has answered; of its own messages libnats: one for each call"

BODIES = [b"one", b"", b"PUB a 3\r\nabc\r\n", b"\0\r\n\x16", b"x" * 100]
ASKED = [b'CONNECT {"verbose":true,"pedantic":true}\r\n', b"SUB a 1\r\n", b"PING\r\n", b"PUB none 2\r\n\r\n\r\n",
         b"SUB a..b 2\r\n", b"UNSUB 1\r\n", b"PING\r\n"]


def echoed(client, subscription, subject, body, *reply, **header):
    client.publish(subject, body, *reply, **header)
    assert nats.received(subscription) == body


def talk(client):
    """What is between two of them is one message of the server."""
    yield
    subscription = client.subscribe(b"a")
    client.flush()
    yield
    for body in BODIES:
        yield echoed(client, subscription, b"a", body)
    yield echoed(client, subscription, b"a", b"a question", b"_INBOX.1")
    yield echoed(client, subscription, b"a", b"with a header", Key=b"value", Other=b"another")
    yield echoed(client, subscription, b"a", b"", b"_INBOX.2", Key=b"value")
    nats.call("Subscription_AutoUnsubscribe", subscription, 100)
    nats.call("Subscription_Unsubscribe", subscription)
    client.flush()
    yield
    yield echoed(client, client.subscribe(b"b.*", b"group"), b"b.1", b"for one of a group")


def conversation(port):
    """What both sides wrote, and how much the server had written at each point of the talk; it speaks first."""
    with tcp_tap(port) as tap:
        with nats.connected(tap.listener.getsockname()[1]) as client:
            found = [sum(map(len, tap.server[0])) for _ in talk(client)]
    return b"".join(tap.client[0]), tap.server[0], [len(tap.server[0][0]), *found]


def asked(port):
    """The answers of a server that says what it thinks of everything."""
    with socket.create_connection(("127.0.0.1", port), SECONDS) as link:
        yield link.recv(1 << 16)
        for request in ASKED:
            link.sendall(request)
            yield link.recv(1 << 16)


def until_closed(link):
    link.shutdown(socket.SHUT_WR)
    return b"".join(iter(lambda: link.recv(1 << 16), b""))


def answers(port, data):
    with socket.create_connection(("127.0.0.1", port), SECONDS) as link:
        link.sendall(data)
        said = until_closed(link)
    return said.count(b"+OK\r\n") + said.count(b"PONG\r\n")


def answered(port, data):
    """By which bytes the server has one more answer for them, if it is to answer everything."""
    data = data.replace(b'"verbose":false,', b'"verbose":true ,', 1)
    counts = [answers(port, data[:at]) for at in range(len(data) + 1)]
    return [at for at, (before, now) in enumerate(zip(counts, counts[1:]), 1) if now > before]


@functools.cache
def recorded():
    with nats.server() as port:
        client, server, server_ends = conversation(port)
        opinions = list(asked(port))
        verbose = Stream("server", opinions, "verbose", in_matrix=False)
        return [(Stream("client", [client]), answered(port, client)), (Stream("server", server), server_ends),
                (verbose, list(itertools.accumulate(map(len, opinions))))]


def streams():
    return [stream for stream, _ in recorded()]


def ends(stream):
    return next(found for each, found in recorded() if each is stream)


CONNECT = b"CONNECT {}\r\n"

WRONG = {
    "an HTTP request": ("client", b"GET / HTTP/1.1\r\n\r\n"),
    "an operation that is none": ("client", b"PUBLISH a 1\r\n"),
    "the beginning of an operation": ("client", CONNECT + b"UNSU 1\r\n"),
    "an operation that is too long": ("client", CONNECT + b"CONNECTS"),
    "an operation of a server for servers": ("server", b"INFO {}\r\nRS+ a b\r\n"),
    "an empty line": ("client", CONNECT + b"\r\n"),
    "white space in front": ("client", CONNECT + b" PING\r\n"),
    "a length": ("client", b"\0\0\0\5"),
    "a reply of Redis": ("server", b"$-1\r\n"),
    "no number": ("client", CONNECT + b"PUB a\r\n"),
    "nothing but the operation": ("client", CONNECT + b"PUB\r\n"),
    "something else than a number": ("server", b"INFO {}\r\nMSG a 1 5a\r\n"),
    "a sign": ("server", b"INFO {}\r\nMSG a 1 -1\r\n"),
    "a number of 20 digits": ("server", b"INFO {}\r\nMSG a 1 12345678901234567890\r\n"),
    "a body that is longer": ("client", CONNECT + b"PUB a 2\r\nabc\r\n"),
    "a body that a line feed ends": ("server", b"MSG a 1 2\r\nab\n\r"),
    "a body that two line feeds end": ("server", b"MSG a 1 2\r\nab\n\n"),
    "a body that a carriage return ends": ("server", b"HMSG a 1 2 2\r\nab\r\r"),
    "a body whose end is cut off": ("client", CONNECT + b"PUB a 2\r\nabPING\r\n"),
}
