"""A TDS server that knows no SQL: it logs everybody in and says of every request that it is done. Packets are made by
pytds."""

import contextlib
import ssl
import threading
from collections import namedtuple
from types import SimpleNamespace

from pytds.tds import _TdsWriter
from pytds.tds_base import PacketType

from .tap import SECONDS

OFF, ON, NOT_SUPPORTED = range(3)  # encryption: of the login, of everything, of nothing
END = 1
BLOCK = 64

PRELOGIN = b"\0\0\x0b\0\6\1\0\x11\0\1\xff" + b"\x0f\0\0\0\0\0"
LOGIN_ACK = b"\xad\x1c\0\1\x74\0\0\4\x09" + "Microsoft".encode("utf-16-le") + b"\x0f\0\0\0"
SYBASE_LOGIN_ACK = b"\xad\x0e\0\5\5\0\0\0\4asel\x0f\0\0\0"
COUNTS, SYBASE_COUNTS = 11, 7  # bytes of DONE behind its first status
SYBASE_LOGIN = 2  # the type

Piece = namedtuple("Piece", "kind data")


class Server(threading.Thread):
    """Takes one connection. `client` and `server` are pieces of what either side wrote, each of TDS packets
    or TLS records."""

    def __init__(self, listener, encryption, context):
        super().__init__(daemon=True)
        self.listener, self.encryption, self.context = listener, encryption, context
        self.connection = None
        self.incoming, self.outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        self.tls = None
        self.client, self.server = [], []
        self.counts = COUNTS
        self.writer = _TdsWriter(SimpleNamespace(_transport=self), BLOCK)

    def kind(self):
        return "tls" if self.tls else "tds"

    def sendall(self, data):
        """What the writer calls."""
        data = bytes(data)
        if self.tls:
            self.tls.write(data)
            data = self.outgoing.read()
        self.server.append(Piece(self.kind(), data))
        self.connection.sendall(data)

    def receive(self):
        data = self.connection.recv(1 << 16)
        if not data:
            raise EOFError
        self.client.append(Piece(self.kind(), data))
        return data

    def exactly(self, count):
        data = b""
        while len(data) < count:
            if self.tls:
                data += self.decrypted(count - len(data))
            else:
                data += self.connection.recv(count - len(data)) or self.ended()
        return data

    @staticmethod
    def ended():
        raise EOFError

    def decrypted(self, count):
        while True:
            with contextlib.suppress(ssl.SSLWantReadError):
                return self.tls.read(count)
            self.incoming.write(self.receive())

    def message(self):
        """Its type and payload."""
        payload = b""
        while True:
            header = self.exactly(8)
            body = self.exactly(int.from_bytes(header[2:4], "big") - 8)
            if not self.tls:
                self.client.append(Piece("tds", header + body))
            payload += body
            if header[1] & END:
                return header[0], payload

    def send(self, kind, payload):
        self.writer.begin_packet(kind)
        self.writer.write(payload)
        self.writer.flush()

    def shake_hands(self):
        """TLS records inside of packets."""
        tls = self.context.wrap_bio(self.incoming, self.outgoing, server_side=True)
        while True:
            with contextlib.suppress(ssl.SSLWantReadError):
                tls.do_handshake()
                self.flush()
                self.tls = tls
                return
            self.flush()
            self.incoming.write(self.message()[1])

    def flush(self):
        if self.outgoing.pending:
            self.send(PacketType.PRELOGIN, self.outgoing.read())

    def run(self):
        self.connection, _ = self.listener.accept()
        self.connection.settimeout(SECONDS)
        with self.connection, contextlib.suppress(EOFError, ConnectionError, ssl.SSLZeroReturnError):
            kind, _ = self.message()
            if kind == SYBASE_LOGIN:
                self.counts = SYBASE_COUNTS
                self.send(PacketType.REPLY, SYBASE_LOGIN_ACK + self.done())
            else:
                self.log_in()
            while True:
                self.answer(*self.message())

    def log_in(self):
        self.send(PacketType.REPLY, PRELOGIN + bytes([self.encryption]))
        if self.encryption != NOT_SUPPORTED:
            self.shake_hands()
        self.message()
        if self.encryption == OFF:
            self.tls = None
        self.send(PacketType.REPLY, LOGIN_ACK + self.done())

    def done(self, more=0):
        return b"\xfd" + bytes([more]) + bytes(self.counts)

    def answer(self, kind, payload):
        """Long requests get long answers."""
        if kind != PacketType.CANCEL:
            self.send(PacketType.REPLY, self.done(more=1) * (len(payload) // 40) + self.done())
