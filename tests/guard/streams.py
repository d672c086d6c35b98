"""Streams for test bodies: cut them, and see whether they are guarded."""

import ctypes
import errno
import json
import os
import select
import socket
import struct

import machine

libc = ctypes.CDLL(None, use_errno=True)
# Its own names, not those that a preload puts before them.
unguarded_libc = ctypes.CDLL("libc.so.6", use_errno=True)

BUFFER = 8192
MESSAGE = b"torn: " + bytes(range(256)) * 1024


def pair():
    """A writer and its peer, with small buffers."""
    writer, peer = socket.socketpair()
    writer.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, BUFFER)
    return writer, peer


def number(stream):
    return stream if isinstance(stream, int) else stream.fileno()


def tear(stream, message=MESSAGE):
    """Cuts a message in a non-blocking write; the rest of it."""
    os.set_blocking(number(stream), False)
    count = os.write(number(stream), message)
    assert 0 < count < len(message)
    return message[count:]


def refuses(stream, data=b"another message", write=os.write):
    """True if a write of this gets EPIPE; it may get through, or find no room."""
    try:
        write(number(stream), data)
    except OSError as error:
        assert error.errno in (errno.EPIPE, errno.EAGAIN), error
        return error.errno == errno.EPIPE
    return False


def is_guarded(stream):
    tear(stream)
    return refuses(stream)


def drain(peer):
    """What a peer can read now."""
    parts = []
    os.set_blocking(number(peer), False)
    try:
        while part := os.read(number(peer), 1 << 20):
            parts.append(part)
    except BlockingIOError:
        pass
    return b"".join(parts)


def finish(stream, peer, rest):
    """Sends the rest while the peer reads."""
    got = b""
    while rest:
        got += drain(peer)
        if select.select([], [number(stream)], [], 0)[1]:
            rest = rest[os.write(number(stream), rest):]
    return got + drain(peer)


def is_clean(stream, peer):
    """Two different whole messages go through."""
    drain(peer)
    for message in (b"a whole one", b"and one more"):
        assert os.write(number(stream), message) == len(message)
    return drain(peer) == b"a whole oneand one more"


def system_call(name, *arguments):
    """A system call that no hook sees."""
    result = unguarded_libc.syscall(machine.SYSTEM_CALLS[name], *arguments)
    if result < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return result


def send_timeout(sock, microseconds):
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, struct.pack("ll", 0, microseconds))


def events(kind=None):
    """What this process's log says so far."""
    path = os.environ["POISONSHIM_LOG"].split(",", maxsplit=1)[0]
    if not os.path.exists(path):
        return []
    with open(path, encoding="utf-8") as log:
        return [event for event in map(json.loads, log) if "event" in event and kind in (None, event["event"])]


def in_child(body):
    """Runs body() in a forked child, which must end well."""
    child = os.fork()
    if child == 0:
        try:
            body()
            os._exit(0)
        except BaseException:
            import traceback
            traceback.print_exc()
            os._exit(1)
    assert os.waitpid(child, 0)[1] == 0
