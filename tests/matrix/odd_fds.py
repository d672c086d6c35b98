"""Odd fds, and odd arguments for the calls that keep the fd table true."""

import ctypes
import fcntl
import os
import resource
import socket
import tempfile

from . import libc
from .odd_stream import (AFTER, INT_MAX, MESSAGE, POINTERS, STATES, Connection, address, array, header, place, said,
                         vectors)
from .stream import UnixTransport


def others():
    """The calls that keep the table true: when they fail, nothing has changed."""
    number = ctypes.c_int
    dup3 = libc.function("dup3", number, number, number, number)
    control = libc.function("fcntl", number, number, number, ctypes.c_long)
    accept4 = libc.function("accept4", number, number, ctypes.c_void_p, ctypes.c_void_p, number)
    connect = libc.function("connect", number, number, ctypes.c_void_p, ctypes.c_uint32)
    shutdown = libc.function("shutdown", number, number, number)
    make = libc.function("socket", number, number, number, number)
    pair = libc.function("socketpair", number, number, number, number, ctypes.c_void_p)
    for fd in (-1, -2 ** 31, INT_MAX, 1 << 20, 19_999, "closed"):
        real = closed_fd() if fd == "closed" else fd
        yield f"dup({fd})", lambda c, n=real: said(libc.dup(n))
        yield f"dup2({fd}, it)", lambda c, n=real: said(libc.dup2(n, c.fd))
        yield f"dup3({fd}, it)", lambda c, n=real: said(dup3(n, c.fd, 0))
        yield f"close({fd})", lambda c, n=real: said(libc.close(n))
        yield f"F_DUPFD({fd})", lambda c, n=real: said(control(n, fcntl.F_DUPFD, 0))
        yield f"accept4({fd})", lambda c, n=real: said(accept4(n, None, None, 0))
        yield f"connect({fd})", lambda c, n=real: said(connect(n, None, 0))
        yield f"shutdown({fd})", lambda c, n=real: said(shutdown(n, 1))
    for fd in (-1, -2 ** 31, INT_MAX, 1 << 30):
        yield f"dup2(it, {fd})", lambda c, n=fd: said(libc.dup2(c.fd, n))
        yield f"dup3(it, {fd})", lambda c, n=fd: said(dup3(c.fd, n, 0))
        yield f"F_DUPFD(it, {fd})", lambda c, n=fd: said(control(c.fd, fcntl.F_DUPFD, n))
    yield "dup2(it, it)", lambda c: f"same: {libc.dup2(c.fd, c.fd) == c.fd}"
    yield "dup3(it, it)", lambda c: said(dup3(c.fd, c.fd, 0))
    yield "dup3(bad flags)", lambda c: said(dup3(c.fd, c.peer, 1))
    yield "fcntl(bad command)", lambda c: said(control(c.fd, 99_999, 0))
    yield "shutdown(bad how)", lambda c: said(shutdown(c.fd, 99))
    yield "accept4(not listening)", lambda c: said(accept4(c.fd, None, None, 0))
    yield "accept4(bad flags)", lambda c: said(accept4(c.fd, None, None, 0x7fff))
    for which, pointer in POINTERS.items():
        for length in (0, 16, 2 ** 31, 2 ** 32 - 1):
            yield f"connect(it, {which}, {length})", lambda c, p=pointer, n=length: said(connect(c.fd, p, n))
        yield f"socketpair({which})", lambda c, p=pointer: said(pair(socket.AF_UNIX, socket.SOCK_STREAM, 0, p))
    yield "socketpair(TCP)", lambda c: said(pair(socket.AF_INET, socket.SOCK_STREAM, 0, place(bytes(8))))
    yield "socket(bad domain)", lambda c: said(make(-1, socket.SOCK_STREAM, 0))
    yield "socket(bad type)", lambda c: said(make(socket.AF_UNIX, 99, 0))


def closed_fd():
    """The number of a stream that was guarded and is gone."""
    plain, peer = socket.socketpair()
    with plain, peer, socket.socket(fileno=fcntl.fcntl(plain.fileno(), fcntl.F_DUPFD, 900)) as stream:
        stream.send(AFTER)
        return stream.fileno()


def everything_on(fd):
    """Every write function on an fd that takes no bytes."""
    data = place(AFTER)
    iov = address(vectors((data, len(AFTER))))
    calls = {"write": lambda: libc.write(fd, data, 9), "write nothing": lambda: libc.write(fd, None, 0),
             "send": lambda: libc.send(fd, data, 9, 0), "sendto": lambda: libc.sendto(fd, data, 9, 0, None, 0),
             "writev": lambda: libc.writev(fd, iov, 1), "writev nothing": lambda: libc.writev(fd, None, 0),
             "sendmsg": lambda: libc.sendmsg(fd, address(header(iov, 1)), 0),
             "sendmmsg": lambda: libc.sendmmsg(fd, address(array(header(iov, 1))), 1, 0),
             "sendmmsg nothing": lambda: libc.sendmmsg(fd, None, 0, 0)}
    return ", ".join(f"{name}={said(call())}" for name, call in calls.items())


def odd_fds():
    with socket.create_server(("127.0.0.1", 0)) as server, socket.socket() as fresh, socket.socket(
            socket.AF_INET, socket.SOCK_DGRAM) as datagram, tempfile.TemporaryFile() as file:
        fds = {"-1": -1, "INT_MIN": -2 ** 31, "INT_MAX": INT_MAX, "1<<20": 1 << 20, "999,999": 999_999,
               "closed": closed_fd(), "a listening socket": server.fileno(), "not connected": fresh.fileno(),
               "a datagram socket": datagram.fileno(), "a file": file.fileno(),
               "a pipe's reading end": os.pipe()[0], "a directory": os.open("/", os.O_RDONLY),
               "a path": os.open("/", os.O_PATH), "a read-only file": os.open("/dev/null", os.O_RDONLY)}
        for name, fd in fds.items():
            yield f"{name}: {everything_on(fd)}"


def raise_limit():
    """RLIMIT_NOFILE at a million, or as high as this machine lets us."""
    for hard in (1_000_000, resource.getrlimit(resource.RLIMIT_NOFILE)[1]):
        try:
            resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
            return hard
        except (ValueError, PermissionError):
            continue
    raise AssertionError("RLIMIT_NOFILE cannot be set to what it is")


def high_fds():
    limit = raise_limit()
    yield f"limit {limit}"
    for number in (1023, 1024, 4095, 4096, 65_535, 65_536, 262_144, 524_288, limit - 2, limit - 1, limit, limit + 1):
        for state in STATES:
            connection = Connection(UnixTransport(), state, MESSAGE)
            high = libc.dup2(connection.fd, number)
            result = said(high)
            if high >= 0:
                libc.close(connection.fd)
                connection.fd = high
            yield f"{state} {number}: {result}, {connection.end()}, {everything_on(number)}"
