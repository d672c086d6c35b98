"""A stream in one of the states, to hand odd arguments to, and the odd arguments themselves."""

import ctypes
import errno
import functools
import mmap
import os
import threading
import zlib
from random import Random

from . import libc
from .libc import Iovec, Mmsghdr, Msghdr

MESSAGE = (996).to_bytes(4, "big") + bytes(i * 7 & 0xff for i in range(996))
BIG_MESSAGE = (299_996).to_bytes(4, "big") + Random(1).randbytes(299_996)
AFTER = (5).to_bytes(4, "big") + b"after"
CUT_AT = 100

NULL, LOW, KERNEL, NOT_CANONICAL = 0, 8, 2 ** 64 - 4096, 1 << 62
POINTERS = {"NULL": NULL, "low": LOW, "kernel": KERNEL, "not canonical": NOT_CANONICAL}
SIZE_MAX, SSIZE_MAX, INT_MAX = 2 ** 64 - 1, 2 ** 63 - 1, 2 ** 31 - 1
STATES = ("clean", "inside", "torn")

keep = []


def address(thing):
    keep.append(thing)
    return ctypes.addressof(thing)


def before_a_hole(data):
    """`data` at the very end of a page behind which nothing can be touched."""
    size = -(-len(data) // mmap.PAGESIZE) * mmap.PAGESIZE
    start = libc.map_pages(size + mmap.PAGESIZE)
    libc.protect(start + size, mmap.PAGESIZE, 0)
    at = start + size - len(data)
    ctypes.memmove(at, data, len(data))
    return at


def read_only(data):
    start = libc.map_pages(mmap.PAGESIZE)
    ctypes.memmove(start, data, len(data))
    libc.protect(start, mmap.PAGESIZE, 1)
    return start


def place(data):
    return address(ctypes.create_string_buffer(data, len(data)))


def header(iov, count, **fields):
    return Msghdr(iov=iov, iovlen=count, **fields)


def array(*headers):
    return (Mmsghdr * len(headers))(*[Mmsghdr(entry, libc.UNTOUCHED) for entry in headers])


def vectors(*pieces):
    return (Iovec * len(pieces))(*[Iovec(base, length) for base, length in pieces])


def name_of(error):
    return errno.errorcode.get(error, str(error))


def said(value):
    return f"-1 {name_of(ctypes.get_errno())}" if value == -1 else str(value)


@functools.cache
def faults():
    return libc.Faults()


class Connection:
    """A connected stream in one of the states, and a thread that reads the other end."""

    def __init__(self, transport, state, message):
        self.fd, self.peer = transport.pair(Random(state))
        os.set_blocking(self.fd, True)
        os.set_blocking(self.peer, True)
        self.got = bytearray()
        self.reader = threading.Thread(target=self.read)
        self.reader.start()
        self.message = message
        self.at = 0
        if state == "inside":
            self.go_on(message[:CUT_AT])
        elif state == "torn":
            faults().plan(self.fd, 1, CUT_AT, errno.EINTR, 0)
            self.go_on(message)
            faults().clear(self.fd)

    def read(self):
        while piece := os.read(self.peer, 1 << 16):
            self.got += piece

    def go_on(self, data):
        self.at += libc.write(self.fd, place(data), len(data))

    @property
    def rest(self):
        return self.message[self.at:]

    def end(self):
        """The message can be ended, and one more follows."""
        if self.rest:
            self.go_on(self.rest)
        self.go_on(AFTER)
        libc.close(self.fd)
        self.reader.join()
        os.close(self.peer)
        return f"peer {len(self.got)} bytes {zlib.crc32(self.got):08x}"


def counted(connection, value):
    """A call that may have taken bytes of the rest."""
    text = said(value)
    connection.at += max(value, 0)
    return text
