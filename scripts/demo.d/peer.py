"""The peer: reads two messages, stops reading until the client has timed out, then reads on and judges.

One thread and one selector watch the client's pipes and every connection, so that nothing waits for a clock.
"""

import selectors
import socket

from messages import ANSWER, HEADER, SIZE, common, framed, meant, name

STOP_AFTER = 2  # messages
BUFFER = 196608  # bytes, doubled too: with the client's send buffer still less than a message


class Connection:
    """Parses what one connection brings and keeps a verdict in words for each message."""

    def __init__(self, sock):
        self.socket = sock
        self.bytes = bytearray()
        self.messages = 0
        self.whole = []  # names of messages that are what their sender meant
        self.corrupt = []  # sentences
        self.verdicts = []  # sentences
        self.lost = False

    def feed(self, data):
        """Returns how many messages ended in these bytes."""
        before = self.messages
        self.bytes += data
        while not self.lost and len(self.bytes) >= HEADER.size:
            (length,) = HEADER.unpack_from(self.bytes)
            if length > SIZE:
                self.lose(length)
            elif len(self.bytes) < HEADER.size + length:
                break
            else:
                self.take(bytes(self.bytes[HEADER.size : HEADER.size + length]))
                del self.bytes[: HEADER.size + length]
        return self.messages - before

    def lose(self, length):
        self.lost = True
        self.corrupt.append(f"a header that says {length:,} bytes")
        self.verdicts.append(f"then a header that says {length:,} bytes: it never finds its way back")

    def take(self, body):
        self.messages += 1
        expected = meant(body)
        if body == expected:
            self.whole.append(name(body))
            self.verdicts.append(f"{name(body)}: {len(body):,} bytes, whole")
            return
        own = common(body, expected or b"")
        self.corrupt.append(f"{name(body)} holds {len(body) - own:,} bytes that are not its own")
        self.verdicts.append(f"{name(body)}: {len(body):,} bytes, BUT THE LAST {len(body) - own:,} HOLD {foreign(body[own:])}")

    def finish(self):
        """At the end of the stream: what is left is a cut message, which a peer throws away."""
        if self.lost or not self.bytes:
            return
        body = bytes(self.bytes[HEADER.size :])
        own = common(body, meant(body) or b"")
        length = HEADER.unpack_from(self.bytes)[0] if len(self.bytes) >= HEADER.size else 0
        self.verdicts.append(f"{name(body)}: cut, {len(body):,} of {length:,} bytes, thrown away")
        if own < len(body):
            self.corrupt.append(f"the cut {name(body)} holds {len(body) - own:,} bytes that are not its own")


def foreign(data):
    """What the bytes behind a message's own are: usually whole frames and the start of one."""
    names = []
    while meant(data[HEADER.size :]) is not None:
        names.append(name(data[HEADER.size :]))
        data = data[len(framed(meant(data[HEADER.size :]))) :]
    return "THE HEADER AND TEXT OF " + " AND ".join(names) if names else f"{bytes(data[:16])!r}..."


class Peer:
    def __init__(self):
        self.listener = socket.socket()
        self.listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, BUFFER)
        self.listener.bind(("127.0.0.1", 0))
        self.listener.listen()
        self.port = self.listener.getsockname()[1]
        self.selector = selectors.DefaultSelector()
        self.selector.register(self.listener, selectors.EVENT_READ, self.accept)
        self.connections = []
        self.may_stop = True
        self.stopped = None
        self.events = []  # (kind, sentence) as the client said them
        self.stderr = b""
        self.status = None  # of the client, once it has ended

    def accept(self, listener):
        connection = Connection(listener.accept()[0])
        self.connections.append(connection)
        self.watch(connection)

    def watch(self, connection):
        self.selector.register(connection.socket, selectors.EVENT_READ, lambda _: self.read(connection))

    def read(self, connection):
        try:
            data = connection.socket.recv(1 << 18)
            connection.socket.sendall(ANSWER * connection.feed(data))
        except ConnectionError:
            data = b""  # a client that broke off
        if not data:
            connection.finish()
            self.selector.unregister(connection.socket)
            connection.socket.close()
        elif self.may_stop and connection.messages == STOP_AFTER and not connection.bytes:
            self.selector.unregister(connection.socket)
            self.stopped = connection

    def go_on(self):
        """The client has timed out: read again, and from now on always."""
        self.may_stop = False
        if self.stopped:
            self.watch(self.stopped)
            self.stopped = None

    def hear(self, pipe):
        line = pipe.readline().decode().rstrip("\n")
        if not line:
            self.selector.unregister(pipe)
            return
        kind, _, sentence = line.partition(" ")
        self.events.append((kind, sentence))
        if kind == "timeout":
            self.go_on()

    def complain(self, pipe):
        text = pipe.read(4096)
        self.stderr += text
        if not text:
            self.selector.unregister(pipe)

    def serve(self, client):
        """Serves one client process until it has closed its pipes and every connection. Its stdout must be unbuffered:
        the selector cannot see a line that waits in a buffer of ours."""
        self.selector.register(client.stdout, selectors.EVENT_READ, self.hear)
        self.selector.register(client.stderr, selectors.EVENT_READ, self.complain)
        while len(self.selector.get_map()) > 1:
            for key, _ in self.selector.select():
                key.data(key.fileobj)

    def close(self):
        self.selector.close()
        self.listener.close()
        for connection in self.connections:
            connection.socket.close()
