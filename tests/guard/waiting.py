"""Every way to wait for a stream, as a C program calls it."""

import ctypes
import errno
import os
import signal
import struct
from select import POLLIN, POLLOUT

from .streams import libc, number, pair

POLL_NAMES = ("poll", "__poll", "__poll_chk", "ppoll", "__ppoll_chk")
SELECT_NAMES = ("select", "__select", "pselect")
NAMES = (*POLL_NAMES, *SELECT_NAMES)
WITH_MASK = ("ppoll", "__ppoll_chk", "pselect")

POLLFD = struct.Struct("ihh")
SET_BYTES = 1024
STALE = errno.EXDEV


def seconds(name, milliseconds):
    """A struct timeval for select, timespec for the others; None waits for ever."""
    if milliseconds is None:
        return None
    unit = 1_000 if name.endswith("select") and name != "pselect" else 1_000_000
    return ctypes.create_string_buffer(struct.pack("ll", milliseconds // 1000, milliseconds % 1000 * unit), 16)


def poll(name, asks, milliseconds, mask):
    fds = ctypes.create_string_buffer(b"".join(POLLFD.pack(fd, events, 0) for fd, events in asks))
    count = ctypes.c_ulong(len(asks))
    patience = [-1 if milliseconds is None else milliseconds]
    if "ppoll" in name:
        patience = [seconds(name, milliseconds), mask]
    size = [ctypes.c_size_t(POLLFD.size * len(asks))] if name.endswith("_chk") else []
    return getattr(libc, name)(fds, count, *patience, *size)


def fd_set(fds):
    bits = bytearray(SET_BYTES)
    for fd in fds:
        bits[fd // 8] |= 1 << fd % 8
    return ctypes.create_string_buffer(bytes(bits), SET_BYTES) if fds else None


def select_(name, asks, milliseconds, mask):
    reads = fd_set([fd for fd, events in asks if events & POLLIN])
    writes = fd_set([fd for fd, events in asks if events & POLLOUT])
    count = max((fd for fd, _ in asks), default=-1) + 1
    more = [mask] if name == "pselect" else []
    return getattr(libc, name)(count, reads, writes, None, seconds(name, milliseconds), *more)


def wait(name, *asks, milliseconds=None, mask=None):
    """Result, errno; errno is STALE if the call leaves it alone."""
    function = poll if name in POLL_NAMES else select_
    ctypes.set_errno(STALE)
    result = function(name, [(number(stream), events) for stream, events in asks], milliseconds, mask)
    return result, ctypes.get_errno()


def time_out(name, *asks):
    assert wait(name, *asks, milliseconds=3) == (0, STALE)


def be_interrupted(name, *asks):
    """The timer goes on until one signal finds it waiting."""
    signal.signal(signal.SIGALRM, lambda *_: None)
    signal.setitimer(signal.ITIMER_REAL, 0.002, 0.002)
    got = wait(name, *asks)
    signal.setitimer(signal.ITIMER_REAL, 0)
    assert got == (-1, errno.EINTR)


def be_interrupted_at_once(name, *asks):
    """A signal is there already, and it does not wait."""
    signal.signal(signal.SIGUSR1, lambda *_: None)
    signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGUSR1])
    os.kill(os.getpid(), signal.SIGUSR1)
    got = wait(name, *asks, milliseconds=0, mask=ctypes.create_string_buffer(128))
    signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGUSR1])
    assert got == (-1, errno.EINTR)


ENDINGS = {"timeout": time_out, "signal": be_interrupted}


def is_writable(writer):
    return wait("poll", (writer, POLLOUT), milliseconds=0)[0] == 1


def packet(length):
    return length.to_bytes(4, "big") + bytes(at % 251 for at in range(length))


MESSAGE = packet(1 << 18)


def torn(writer):
    """What is left of a message that the kernel cut."""
    return MESSAGE[os.write(writer.fileno(), MESSAGE):]


def open_(writer):
    """What is left of a message sent in pieces, each taken whole, until there is no more room."""
    rest = MESSAGE
    while is_writable(writer):
        assert os.write(writer.fileno(), rest[:500]) == 500
        rest = rest[500:]
    return rest


def clean(writer):
    """Whole messages, until there is no more room."""
    while is_writable(writer):
        assert os.write(writer.fileno(), packet(500)) == 504
    return packet(100)


INSIDE = {"torn": torn, "open": open_}


def full_stream(fill):
    """A writer that has no room, its peer, and what the program has to send next."""
    writer, peer = pair()
    writer.setblocking(False)
    rest = fill(writer)
    assert not is_writable(writer)
    return writer, peer, rest
