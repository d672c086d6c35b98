"""A peer that reads little and late: it starts only when it has seen that the writer is stuck."""

import array
import fcntl
import hashlib
import socket
import termios

from .waiting import PATIENCE, wait_until_steady

RECEIVE_BUFFER = 4096
CHUNK = 4096
STRIDE = 400_000
STOPS = 6


def reluctant(family):
    """A socket with a small receive buffer; set before listen() and connect(), where TCP fixes the window scale."""
    sock = socket.socket(family)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BUFFER)
    sock.settimeout(PATIENCE)
    return sock


def listen():
    listener = reluctant(socket.AF_INET)
    listener.bind(("127.0.0.1", 0))
    listener.listen()
    return listener


def accept(listener):
    connection, _ = listener.accept()
    connection.settimeout(PATIENCE)
    return connection


def connect(address):
    sock = reluctant(socket.AF_INET if isinstance(address, tuple) else socket.AF_UNIX)
    sock.connect(address)
    return sock


def readable(sock):
    """Bytes that have arrived and not been read."""
    count = array.array("i", [0])
    fcntl.ioctl(sock, termios.FIONREAD, count)
    return count[0]


def hexadecimal(address):
    host, port = address
    return f"{int.from_bytes(socket.inet_aton(host), 'little'):08X}:{port:04X}"


def peer_queues(sock):
    """(bytes that the TCP peer has written and we have not got, bytes that we have sent and it has not read)."""
    ends = [hexadecimal(sock.getpeername()), hexadecimal(sock.getsockname())]
    with open("/proc/net/tcp", encoding="ascii") as table:
        for line in table:
            fields = line.split()
            if fields[1:3] == ends:
                unsent, unread = fields[4].split(":")
                return int(unsent, 16), int(unread, 16)
    return 0, 0


def backlog(sock):
    """What is under way to `sock`; 0 while the writer still has room."""
    if sock.family == socket.AF_UNIX:
        return readable(sock)
    unsent, _ = peer_queues(sock)
    return unsent and unsent + readable(sock)


def wait_until_blocked(sock, program):
    """Until bytes for us are waiting, no more come, and the program has gone to sleep over it."""
    wait_until_steady(lambda: program.asleep() and backlog(sock), f"{program.argv} is blocked")


class SlowReader:
    """A socket that is read in small pieces, and not before the program that writes is stuck; then it stops again every
    STRIDE bytes until the program is stuck once more, a few times."""

    def __init__(self, sock, program):
        self.sock = sock
        self.program = program
        self.received = 0
        self.stops = [number * STRIDE for number in range(STOPS)]

    def __getattr__(self, name):
        return getattr(self.sock, name)

    def recv(self, count):
        if self.stops and self.received >= self.stops[0]:
            wait_until_blocked(self.sock, self.program)
            self.stops.pop(0)
        data = self.sock.recv(min(count, CHUNK))
        self.received += len(data)
        return data


def drain(sock, count=None):
    """Reads `count` bytes, or to the end."""
    chunks = []
    left = count
    while left is None or left > 0:
        chunk = sock.recv(CHUNK if left is None else left)
        if not chunk:
            break
        chunks.append(chunk)
        left = left and left - len(chunk)
    return b"".join(chunks)


def digest(data):
    """Short enough for a failure message: the length and the hash."""
    return len(data), hashlib.sha256(data).hexdigest()
