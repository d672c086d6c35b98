"""One guarded stream as the matrix sees it: calls go in, the fault layer cuts them, a peer reads what comes out."""

import errno
import fcntl
import os
import socket
import struct

from . import libc
from .model import Model

RESET_ON_CLOSE = struct.pack("ii", 1, 0)


class UnixTransport:
    name = "unix"

    def pair(self, random):
        return libc.socketpair(socket.SOCK_STREAM | random.choice((0, socket.SOCK_NONBLOCK)))


class TcpTransport:
    name = "tcp"

    def __init__(self):
        self.listener = socket.create_server(("127.0.0.1", 0))

    def pair(self, random):
        """The writer is the end that connected or the end that was accepted."""
        ends = [socket.create_connection(self.listener.getsockname()), self.listener.accept()[0]]
        random.shuffle(ends)
        writer, peer = ends
        writer.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        writer.setblocking(random.random() < 0.5)
        peer.setblocking(True)
        # The peer closes second and resets, so that thousands of streams leave no TIME_WAIT behind.
        peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET_ON_CLOSE)
        return writer.detach(), peer.detach()


class PipeTransport:
    """With room for many pieces."""
    name = "pipe"
    room = 1 << 20

    def pair(self, random):
        peer, writer = os.pipe()
        fcntl.fcntl(writer, fcntl.F_SETPIPE_SZ, self.room)
        os.set_blocking(writer, random.random() < 0.5)
        return writer, peer


class Stream:
    calls = tuple(libc.CALLS)

    def __init__(self, sample, random, transport, faults, arena):
        self.sample = sample
        self.random = random
        self.transport = transport
        self.faults = faults
        self.arena = arena
        self.trace = []
        self.connect()

    def connect(self):
        self.writer, self.peer = self.transport.pair(self.random)
        self.open = [self.writer, self.peer]
        self.begin()

    def begin(self):
        """A new connection has taken the place of the old one."""
        self.model = Model(self.sample)
        self.faults.clear(self.writer)
        self.names = [self.writer]
        if self.random.random() < 0.2:
            self.give_second_name()

    def give_second_name(self):
        """From now on calls go through a dup, too."""
        self.names.append(self.duplicate())
        self.faults.clear(self.names[-1])

    # One call.

    def perform(self, description, call, fd=None, offers=(b"",)):
        """Any call on the stream, which offers these bytes; what came back is noted for the trace."""
        fd = self.writer if fd is None else fd
        result = call(fd)
        self.trace.append(f"fd {fd}: {description} = {result.value}"
                          + (f" {errno.errorcode.get(result.error, result.error)}" if result.error else ""))
        return result

    def offer(self, name, data, messages=None, pieces=None, fd=None):
        call, shape = {**libc.CALLS, **libc.PIPE_CALLS}[name], {}
        if messages:
            shape["messages"] = messages
        if pieces:
            shape["pieces"] = pieces
        return self.perform(f"{name}({len(data)} bytes {data[:8]!r}...)",
                            lambda number: call(number, self.arena, data, **shape), fd, messages or [data])

    def any_call(self):
        return self.random.choice(self.calls)

    # Calls that must go through: the program sees what the kernel answers, which is what the fault layer says.

    def deliver(self, data, accept=None, error=errno.EAGAIN, name=None, messages=None, pieces=None, planned=False):
        """Offers `data`, of which the kernel takes `accept` bytes (None: all). `planned`: a plan is under way."""
        accept = len(data) if accept is None else accept
        name = name or self.any_call()
        fd = self.writer if planned else self.random.choice(self.names)
        assert not self.model.refuses(data), f"the driver itself resumes wrongly: {self.trace}"
        if accept < len(data) and not planned:
            self.faults.plan(fd, 1, accept, error, 0)
        before = self.faults.calls(fd)
        result = self.offer(name, data, messages, pieces, fd)
        self.model.accept(messages or [data], accept)
        entered = self.faults.calls(fd) - before
        assert entered == 1, f"the kernel was entered {entered} times"
        assert result == self.answer(name, data, accept, error, messages), "not the kernel's answer"
        if accept < len(data):
            self.faults.clear(fd)
        if len(self.names) == 1 and self.random.random() < 0.1:
            self.give_second_name()

    def answer(self, name, data, accept, error, messages):
        """What the kernel says to a call of which it takes `accept` bytes."""
        if data and not accept:
            return libc.Result(-1, error, 0)
        if name.endswith("sendmmsg"):
            return libc.Result(self.messages_touched(messages or [data], accept), 0, accept)
        return libc.Result(accept, 0, accept)

    @staticmethod
    def messages_touched(messages, accept):
        at = touched = 0
        for message in messages:
            if message and at >= accept:
                break
            at += len(message)
            touched += 1
        return touched

    def refused_again(self, data):
        """A try to go on that the kernel turns away, as many times as may be."""
        while data and self.random.random() < 0.3:
            length = self.random.randint(1, len(data))
            self.deliver(data[:length], 0, self.random.choice((errno.EAGAIN, errno.EINTR)))

    # Calls that must not.

    def refuse(self, description, call, fd=None, data=b""):
        before = self.faults.calls(self.writer if fd is None else fd)
        result = self.perform(description, call, fd, [data])
        entered = self.faults.calls(self.writer if fd is None else fd) - before
        assert result[:2] == (-1, errno.EPIPE), "EPIPE was due"
        assert not entered, "EPIPE, but the kernel was entered"

    def refuse_offer(self, data, name=None, fd=None):
        name = name or self.any_call()
        self.refuse(f"{name}({len(data)} bytes {data[:8]!r}...)",
                    lambda number: {**libc.CALLS, **libc.PIPE_CALLS}[name](number, self.arena, data), fd, data)

    # The other end.

    def duplicate(self):
        self.open.append(libc.dup(self.writer))
        return self.open[-1]

    def received(self):
        """Everything that reached the peer; the writing end is closed for it."""
        for fd in self.open:
            if fd != self.peer:
                os.close(fd)
        self.open = [self.peer]
        return b"".join(iter(lambda: os.read(self.peer, 1 << 16), b""))

    def close(self):
        for fd in self.open:
            os.close(fd)
        self.open = []
