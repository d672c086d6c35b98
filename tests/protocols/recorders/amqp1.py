"""AMQP 1.0."""

import proton

from ..tshark import pdu_ends
from . import Stream

SERIALIZER = "python3-qpid-proton"
PARSER = "tshark"
PORT = 5672


class Peer:
    """One end, without a network; `writes` is what it would have written."""

    def __init__(self, server, sasl):
        self.transport = proton.Transport(proton.Transport.SERVER if server else proton.Transport.CLIENT)
        self.connection, self.writes = proton.Connection(), []
        self.connection.container = "s" if server else "c"
        self.connection.collect(proton.Collector())
        if sasl:
            self.transport.sasl().allowed_mechs("ANONYMOUS")
        self.transport.max_frame_size = 512
        self.transport.bind(self.connection)
        self.connection.open()

    def flush(self, other):
        count = self.transport.pending()
        if count > 0:
            data = self.transport.peek(count)
            self.transport.pop(count)
            self.writes.append(data)
            other.transport.push(data)
        return count > 0


def exchange(one, two):
    while one.flush(two) | two.flush(one):
        pass


def transfer(sender, number, body):
    sender.delivery(str(number))
    sender.send(proton.Message(body=body).encode())
    sender.advance()


def links(session, peer_connection):
    sender = session.sender("x")
    sender.open()
    yield sender
    link = peer_connection.link_head(0)
    link.session.open()
    link.open()
    link.flow(20)
    yield link


def conversation(sasl, lengths):
    client, server = Peer(False, sasl), Peer(True, sasl)
    exchange(client, server)
    session = client.connection.session()
    session.open()
    opened = links(session, server.connection)
    sender = next(opened)
    exchange(client, server)
    receiver = next(opened)
    exchange(client, server)
    for number, length in enumerate(lengths):
        transfer(sender, number, "x" * length)
        exchange(client, server)
        if receiver.current and not receiver.current.partial:
            receiver.recv(1 << 16)
            receiver.current.update(proton.Delivery.ACCEPTED)
            receiver.current.settle()
            receiver.advance()
            exchange(client, server)
    sender.close()
    exchange(client, server)
    return client.writes, server.writes


def beating():
    """Empty frames, which keep an idle connection alive."""
    client, server = Peer(False, False), Peer(True, False)
    for peer in (client, server):
        peer.transport.idle_timeout = 8
    exchange(client, server)
    for now in range(1, 8):
        for peer, other in ((client, server), (server, client)):
            peer.transport.tick(now)
            peer.flush(other)
    client.connection.close()
    exchange(client, server)
    return client.writes, server.writes


def streams():
    return [Stream(role, writes, name, in_matrix=name != "large")
            for name, conversed in (("", conversation(False, (3, 0, 40, 5))), ("SASL", conversation(True, (10, 20))),
                                    ("large", conversation(False, (100, 300, 2000, 1))), ("idle", beating()))
            for role, writes in zip(("client", "server"), conversed)]


def ends(stream):
    return pdu_ends(stream.data, PORT, "amqp", stream.role == "server")


HEADER = b"AMQP\0\1\0\0"

WRONG = {
    "an HTTP request": ("client", b"GET / HTTP/1.1\r\n\r\n"),
    "no header": ("server", b"\0\0\0\x08\2\0\0\0"),
    "a frame whose data begins in its header": ("client", HEADER + b"\0\0\0\x08\1\0\0\0"),
    "a frame whose data begins behind its end": ("client", HEADER + b"\0\0\0\x0b\3\0\0\0"),
    "a frame shorter than its header": ("client", HEADER + b"\0\0\0\7\1\0\0\0"),
    "a frame of no type": ("client", HEADER + b"\0\0\0\x08\2\2\0\0"),
    "a frame of AMQP 0-9-1": ("client", HEADER + b"\1\0\0\0\0\0\x2d\0"),
}
