"""ZMTP 3.1, 3.0, 2.0 and 1.0, as libzmq writes them to such peers."""

import bisect
import contextlib
import socket

import zmq
import zmq.utils.monitor

from . import Stream

SERIALIZER = "libzmq (python3-zmq)"
PARSER = "libzmq (python3-zmq) itself; the texts that were sent where it cannot: subscriptions, 2.0 and 1.0"
SECONDS = 20
PULL = 7
SIGNATURE = b"\xff" + bytes(7) + b"\1\x7f"
GREETING_3 = b"NULL".ljust(20, b"\0") + bytes(32)
PEERS = {
    "3.1": SIGNATURE + b"\3\1" + GREETING_3,
    "3.0": SIGNATURE + b"\3\0" + GREETING_3,
    "2.0": SIGNATURE + b"\1" + bytes([PULL]) + b"\0\0",
    "1.0 with a version": SIGNATURE + b"\0" + bytes([PULL]) + b"\1\0",
    "1.0": b"\1\0",
}
GREETING = PEERS["3.1"]
WITH_THE_NAME = ("2.0", "1.0 with a version", "1.0")
NAME = b"me"
SENTINEL = b"the last message"
SMALL = [[b"one"], [b"two", b"", b"of several parts"], [b""], [b"and a message that is somewhat longer"], [SENTINEL]]
TEXTS = [[b"one"], [b"two", b"", b"of several parts"], [b"and a message that is somewhat longer"], [SENTINEL]]
TOPICS = [b"one", b"a topic", SENTINEL]
LARGE = [[letter * length for letter, length in parts]
         for parts in ([(b"a", 254)], [(b"b", 255), (b"c", 256)], [(b"d", 20000)])] + [[SENTINEL]]


def ready(kind):
    return b"\4" + bytes([22 + len(kind)]) + b"\5READY\x0bSocket-Type" + len(kind).to_bytes(4, "big") + kind


def received(connection, last):
    """All that comes up to `last`, piece by piece."""
    pieces = [b""]
    while last not in b"".join(pieces[-2:]):
        pieces.append(connection.recv(1 << 16))
        assert pieces[-1], "closed before its last message"
    return pieces[1:]


def connected(bound, peer_socket):
    """A libzmq socket and a bare one, with a connection between them."""
    if bound:
        port = peer_socket.bind_to_random_port("tcp://127.0.0.1")
        return socket.create_connection(("127.0.0.1", port), SECONDS)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(SECONDS)
        peer_socket.connect("tcp://127.0.0.1:%d" % listener.getsockname()[1])
        return listener.accept()[0]


def written(kind, peer, act, last, bound=False):
    """What a libzmq socket of this kind, named NAME, writes to a bare peer that sends `peer`."""
    with zmq.Context() as context, context.socket(kind) as sender:
        sender.linger, sender.sndtimeo, sender.routing_id = 0, SECONDS * 1000, NAME
        with connected(bound, sender) as connection:
            connection.settimeout(SECONDS)
            connection.sendall(peer)
            act(sender)
            return received(connection, last)


def pushed(peer, messages, bound=False):
    greeting = PEERS[peer] + (ready(b"PULL") if peer.startswith("3") else b"")
    return written(zmq.PUSH, greeting, lambda sender: list(map(sender.send_multipart, messages)), SENTINEL, bound)


def subscribed(peer):
    """Commands in 3.1, messages in 3.0."""
    def act(sender):
        for topic in TOPICS:
            sender.subscribe(topic)
    return written(zmq.SUB, PEERS[peer] + ready(b"XPUB"), act, SENTINEL)


def streams():
    return [*(Stream("client", pushed(peer, TEXTS if peer in WITH_THE_NAME else SMALL), f"to {peer}") for peer in PEERS),
            Stream("client", pushed("3.1", SMALL), "by frame", "zmtp,unit=frame"),
            Stream("server", pushed("3.1", SMALL, bound=True), "to 3.1"),
            *(Stream("client", subscribed(peer), f"subscribing to {peer}") for peer in ("3.1", "3.0")),
            *(Stream("client", pushed(peer, LARGE), f"large to {peer}", in_matrix=False) for peer in PEERS)]


END = b"the end"
LATER = GREETING + ready(b"PUSH") + b"\0\7" + END


@contextlib.contextmanager
def connection_to(port, data):
    """Before it has said READY itself, libzmq takes every frame for a part of the handshake."""
    with socket.create_connection(("127.0.0.1", port), SECONDS) as connection:
        connection.sendall(data[:len(GREETING)])
        if len(data) >= len(GREETING):
            received(connection, b"Socket-Type")
        connection.sendall(data[len(GREETING):])
        yield connection


class Monitored:
    """A bound PULL socket that tells what it makes of one connection."""

    def __init__(self, context):
        self.socket = context.socket(zmq.PULL)
        self.socket.linger, self.socket.rcvtimeo = 0, SECONDS * 1000
        self.monitor = self.socket.get_monitor_socket(zmq.EVENT_HANDSHAKE_SUCCEEDED | zmq.EVENT_DISCONNECTED)
        self.monitor.rcvtimeo = SECONDS * 1000
        self.port = self.socket.bind_to_random_port("tcp://127.0.0.1")

    def events(self):
        """Up to the end of the connection."""
        seen = []
        while not seen or seen[-1] != zmq.EVENT_DISCONNECTED:
            seen.append(zmq.utils.monitor.recv_monitor_message(self.monitor)["event"])
        return seen

    def count(self):
        """How many messages have come, before one of a later connection."""
        count = 0
        with connection_to(self.port, LATER):
            while not self.socket.recv_multipart()[-1].endswith(END):
                count += 1
        try:
            while True:
                self.socket.recv_multipart(zmq.NOBLOCK)
                count += 1
        except zmq.Again:
            return count

    def close(self):
        self.socket.disable_monitor()
        self.monitor.close()
        self.socket.close()


def seen_by_libzmq(data):
    """Whether the handshake is over, and how many messages have come, of a connection that ends behind `data`."""
    with zmq.Context() as context:
        receiver = Monitored(context)
        with connection_to(receiver.port, data) as connection:
            connection.shutdown(socket.SHUT_WR)
            is_over = zmq.EVENT_HANDSHAKE_SUCCEEDED in receiver.events()
        count = receiver.count()
        receiver.close()
        return is_over, count


def by_libzmq(stream):
    """The greeting has a fixed length, in RFC 23."""
    data = stream.data

    def first_end(is_reached):
        return bisect.bisect_left(range(len(data) + 1), True,
                                  key=lambda end: is_reached(*seen_by_libzmq(data[:end])))
    _, count = seen_by_libzmq(data)
    return [len(GREETING), first_end(lambda is_over, _: is_over),
            *(first_end(lambda _, found, n=n: found > n) for n in range(count))]


def by_text(stream, first, texts):
    """Every message ends with its text, behind the first ends."""
    found = list(first)
    for text in texts:
        found.append(stream.data.index(text, found[-1]) + len(text))
    return found


def frames_of(data, starts):
    """Parts by the texts that were sent."""
    found, at = [], starts[-1]
    for part in (part for message in SMALL for part in message):
        at = data.index(part, at + 2) + len(part)
        found.append(at)
    return [*starts, *found]


def ends(stream):
    if "subscribing" in stream.name:
        return by_text(stream, (len(GREETING), len(GREETING + ready(b"SUB"))), TOPICS)
    if not stream.name.endswith(("3.1", "3.0", "by frame")):
        messages = LARGE if "large" in stream.name else TEXTS
        return by_text(stream, [stream.data.index(NAME) + len(NAME)], [last for *_, last in messages])
    found = by_libzmq(stream)
    return frames_of(stream.data, found[:2]) if "unit=frame" in stream.framing else found


WRONG = {
    "no signature": ("client", b"GET / HTTP/1.1\r\n\r\n"),
    "another end of the signature": ("client", SIGNATURE[:9] + b"\x7e"),
    "an empty frame of ZMTP 1.0": ("client", SIGNATURE + b"\2\0a\0\0"),
    "flags that are not": ("server", GREETING + b"\x08\0"),
    "a command that goes on": ("server", GREETING + b"\5\0"),
    "a length of 2^63": ("server", GREETING + b"\2\x80" + bytes(7)),
    "what libzmq 4.3.4 sends for a topic of 255 bytes": ("client", GREETING + b"\0" + (256).to_bytes(8, "big") + b"\1" +
                                                          b"x" * 255),
}
