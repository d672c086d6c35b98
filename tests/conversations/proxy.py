"""A proxy that keeps what both sides say."""

import array
import fcntl
import socket
import termios
import threading
from dataclasses import dataclass, field

from real.waiting import PATIENCE, wait_until

LARGE = 1 << 18
SMALL = 4096  # receive buffer and chunks of a slow proxy
STRIDE = 150_000  # bytes between the stops of a slow proxy
STOPS = 8
STEADY = 20  # observations in a row, a millisecond apart


@dataclass
class Direction:
    said: bytearray = field(default_factory=bytearray)
    ended: threading.Event = field(default_factory=threading.Event)


@dataclass
class Connection:
    """`asked` by the client, `answered` by the server; addresses as each of them sees its peer or itself in the log."""
    client: str
    server: str
    sockets: tuple
    asked: Direction = field(default_factory=Direction)
    answered: Direction = field(default_factory=Direction)


def named(address):
    return address if isinstance(address, str) else f"{address[0]}:{address[1]}"


def waiting(sock):
    """Bytes that have arrived and not been read."""
    count = array.array("i", [0])
    fcntl.ioctl(sock, termios.FIONREAD, count)
    return count[0]


def let_pile_up(sock):
    """Until no more comes: the writer has nothing to say, or is stuck."""
    seen = []

    def is_steady():
        seen.append(waiting(sock))
        return len(seen) >= STEADY and len(set(seen[-STEADY:])) == 1

    wait_until(is_steady, "no more bytes arrive")


class Reader:
    """Reads from a socket; a slow one in small pieces, and it stops a few times first."""

    def __init__(self, sock, slow):
        self.sock = sock
        self.stops = [number * STRIDE for number in range(STOPS)] if slow else []
        self.passed = 0

    def stop(self):
        let_pile_up(self.sock)
        self.stops.pop(0)
        if not self.stops:
            self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, LARGE)

    def read(self):
        if self.stops and self.passed >= self.stops[0]:
            self.stop()
        data = self.sock.recv(SMALL if self.stops else LARGE)
        self.passed += len(data)
        return data


def hand_on(sock, data):
    """To a side that may have gone away: the other one may still speak to its end."""
    try:
        if data:
            sock.sendall(data)
        else:
            sock.shutdown(socket.SHUT_WR)
    except OSError:
        pass


def pump(source, sink, direction, slow):
    """Copies and keeps all of one direction, and hands its end on."""
    reader = Reader(source, slow)
    try:
        data = True
        while data:
            data = reader.read()
            direction.said += data
            hand_on(sink, data)
    except OSError:
        hand_on(sink, b"")
    finally:
        direction.ended.set()


class Proxy:
    """Listens on an address of its own for one that a server listens on. A slow one lets bytes pile up before it reads on,
    until writers are stuck: they need small send buffers too."""

    def __init__(self, server, slow=False):
        self.server = server
        self.slow = slow
        self.connections = []
        self.listener = self.socket()
        self.listener.bind(("127.0.0.1", 0))
        self.listener.listen(64)
        self.address = self.listener.getsockname()
        self.port = self.address[1]
        threading.Thread(target=self.serve, daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()

    def socket(self):
        sock = socket.socket()
        if self.slow:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, SMALL)
        return sock

    def serve(self):
        try:
            while True:
                client, address = self.listener.accept()
                self.connect(client, address)
        except OSError:
            return

    def connect(self, client, address):
        server = self.socket()
        if server.connect_ex(self.server) != 0:
            server.close()
            client.close()
            return
        for sock in (client, server):
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        connection = Connection(named(address), named(server.getsockname()), (client, server))
        self.connections.append(connection)
        for arguments in ((client, server, connection.asked), (server, client, connection.answered)):
            threading.Thread(target=pump, args=(*arguments, self.slow), daemon=True).start()

    def settled(self):
        """All connections, when they have ended."""
        for connection in self.connections:
            for direction in (connection.asked, connection.answered):
                assert direction.ended.wait(PATIENCE), f"{connection.client} has not ended"
            for sock in connection.sockets:
                sock.close()
        return self.connections
