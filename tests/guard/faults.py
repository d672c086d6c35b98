"""Bodies for test_log.py: programs with faults, that print what they know of them."""

import ctypes
import errno
import os
import signal
import socket
import time

from .acts import tcp_pair
from .streams import MESSAGE, drain, finish, libc, pair, refuses, send_timeout, tear


def name(address):
    return f"{address[0]}:{address[1]}"


def abandon_second_message():
    writer, peer = tcp_pair()
    writer.send(b"\0\0\0\x05whole")
    message = b"\0\x80\0\0" + bytes(8 << 20)
    rest = tear(writer, message)
    assert refuses(writer)
    facts = {"pid": os.getpid(), "fd": writer.fileno(), "peer": name(writer.getpeername()),
             "local": name(writer.getsockname()), "sent": len(message) - len(rest), "length": len(message)}
    for key, value in facts.items():
        print(f"{key}={value}")


def repeat_signal(action):
    """Does it while a timer goes on, until one signal finds it blocked."""
    signal.signal(signal.SIGALRM, lambda *_: None)
    signal.siginterrupt(signal.SIGALRM, True)
    signal.setitimer(signal.ITIMER_REAL, 0.002, 0.002)
    result = action()
    signal.setitimer(signal.ITIMER_REAL, 0)
    return result


def raw(writer, data):
    """write(), without Python's retry after EINTR, and with an errno from long ago."""
    ctypes.set_errno(errno.ENOENT)
    return libc.write(writer.fileno(), data, len(data))


def cut_by(cause):
    writer, peer = pair()
    if cause == "would_block":
        tear(writer)
    elif cause == "timeout":
        send_timeout(writer, 2000)
        count = raw(writer, MESSAGE)
        assert 0 < count and raw(writer, MESSAGE[count:]) == -1
    elif cause == "short_count":
        assert 0 < repeat_signal(lambda: raw(writer, MESSAGE)) < len(MESSAGE)
    elif cause == "interrupted":
        rest = tear(writer)
        writer.setblocking(True)
        assert repeat_signal(lambda: raw(writer, rest)) == -1
    elif cause == "fault":
        tear(writer)
        drain(peer)
        assert libc.write(writer.fileno(), ctypes.c_void_p(8), 100) == -1
    assert refuses(writer)


def abandon_after(milliseconds):
    writer, peer = pair()
    tear(writer)
    end = time.monotonic() + milliseconds / 1000 + 0.001
    while time.monotonic() < end:
        os.sched_yield()
    assert refuses(writer)


def close_after_resuming():
    writer, peer = pair()
    finish(writer, peer, tear(writer, b"\0\4\0\0" + bytes(4 << 16)))
    writer.send(b"\0\0\0\5wh")
    writer.close()


def hammer(times):
    writer, peer = pair()
    tear(writer)
    assert refuses(writer)
    for _ in range(times):
        assert refuses(writer)


def everything():
    """Every kind of event: TCP is taken for TLS, AF_UNIX for packet(4)."""
    message = b"\0\4\0\0" + bytes(4 << 16)
    writer, peer = pair()
    finish(writer, peer, tear(writer, message))
    tear(writer, message)
    assert refuses(writer)
    assert refuses(writer)
    writer, peer = pair()
    tear(writer, message)
    writer.close()
    writer, peer = tcp_pair()
    writer.send(b"GET / HTTP/1.1\r\n")


def replace_stderr():
    ours, theirs = socket.socketpair()
    stderr = os.dup(2)
    os.dup2(theirs.fileno(), 2)
    hammer(5)
    os.dup2(stderr, 2)
    print(f"got={drain(ours)}")


def list_fds():
    print(*sorted(os.listdir("/proc/self/fd"), key=int))
