"""The six write functions of libc as a C program calls them, through the symbols that preloads interpose, and the
fault layer that stands under them."""

import ctypes
import mmap
import socket
from collections import namedtuple

ARENA_SIZE = 1 << 16
SLACK = 4096
UNTOUCHED = 0xDEADBEEF

Result = namedtuple("Result", "value error count")
"""What a call returned, its errno (0 if it did not fail), and how many bytes that stands for."""


class Iovec(ctypes.Structure):
    _fields_ = [("base", ctypes.c_void_p), ("length", ctypes.c_size_t)]


class Msghdr(ctypes.Structure):
    _fields_ = [("name", ctypes.c_void_p), ("namelen", ctypes.c_uint32), ("iov", ctypes.c_void_p),
                ("iovlen", ctypes.c_size_t), ("control", ctypes.c_void_p), ("controllen", ctypes.c_size_t),
                ("flags", ctypes.c_int)]


class Mmsghdr(ctypes.Structure):
    _fields_ = [("header", Msghdr), ("length", ctypes.c_uint32)]


_names = ctypes.CDLL(None, use_errno=True)
_pointer, _size, _int, _ssize = ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int, ctypes.c_ssize_t


def function(name, result, *arguments):
    found = getattr(_names, name)
    found.restype = result
    found.argtypes = arguments
    return found


write = function("write", _ssize, _int, _pointer, _size)
writev = function("writev", _ssize, _int, _pointer, _int)
send = function("send", _ssize, _int, _pointer, _size, _int)
sendto = function("sendto", _ssize, _int, _pointer, _size, _int, _pointer, ctypes.c_uint32)
sendmsg = function("sendmsg", _ssize, _int, _pointer, _int)
sendmmsg = function("sendmmsg", _int, _int, _pointer, ctypes.c_uint, _int)
dup = function("dup", _int, _int)
dup2 = function("dup2", _int, _int, _int)
close = function("close", _int, _int)
raw = function("syscall", ctypes.c_long, ctypes.c_long, ctypes.c_long, ctypes.c_long, ctypes.c_long, ctypes.c_long)
_socketpair = function("socketpair", _int, _int, _int, _int, _pointer)
_mmap = function("mmap", ctypes.c_void_p, _pointer, _size, _int, _int, _int, ctypes.c_long)
_mprotect = function("mprotect", _int, _pointer, _size, _int)


def map_pages(size):
    return _mmap(None, size, mmap.PROT_READ | mmap.PROT_WRITE, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS, -1, 0)


def protect(start, size, protection):
    assert not _mprotect(start, size, protection)


class Faults:
    """The fault layer under the shim; see fault.c."""

    def __init__(self):
        self.plan = function("fault_plan", None, _int, ctypes.c_uint, _size, _int, ctypes.c_uint)
        self.clear = function("fault_clear", None, _int)
        self.calls = function("fault_calls", ctypes.c_ulong, _int)


def socketpair(kind):
    pair = (ctypes.c_int * 2)()
    if _socketpair(socket.AF_UNIX, kind, 0, ctypes.addressof(pair)):
        raise OSError(ctypes.get_errno(), "socketpair")
    return pair[0], pair[1]


class Arena:
    """Memory for the arguments of calls. Every piece lies at an address of its own between bytes that are not meant,
    so that nobody can take pieces for neighbours or come back to an old pointer."""

    def __init__(self, random):
        self.random = random
        self.memory = mmap.mmap(-1, ARENA_SIZE)
        self.start = ctypes.addressof(ctypes.c_char.from_buffer(self.memory))
        self.memory[:] = b"\xee" * ARENA_SIZE
        self.at = 0

    def place(self, data):
        if self.at + len(data) + SLACK > ARENA_SIZE:
            self.at = 0
        at = self.at + 1 + int(self.random.random() * 40)
        self.memory[at:at + len(data)] = data
        self.at = at + len(data)
        return self.start + at


def split(random, data, most):
    """Random pieces, empty ones among them."""
    cuts = sorted(int(random.random() * (len(data) + 1)) for _ in range(int(random.random() * most)))
    return [data[a:b] for a, b in zip([0, *cuts], [*cuts, len(data)])]


def vector(arena, pieces):
    return (Iovec * len(pieces))(*[Iovec(arena.place(piece), len(piece)) for piece in pieces])


def message(arena, pieces):
    iov = vector(arena, pieces)
    header = Msghdr(None, 0, ctypes.addressof(iov), len(pieces), None, 0, 0)
    header.keep = iov
    return header


def _result(value):
    return Result(value, ctypes.get_errno(), 0) if value < 0 else Result(value, 0, value)


def call_write(fd, arena, data):
    return _result(write(fd, arena.place(data), len(data)))


def call_send(fd, arena, data):
    return _result(send(fd, arena.place(data), len(data), arena.random.choice(FLAGS)))


def call_sendto(fd, arena, data):
    return _result(sendto(fd, arena.place(data), len(data), arena.random.choice(FLAGS), None, 0))


def call_writev(fd, arena, data, pieces=None):
    iov = vector(arena, pieces or split(arena.random, data, 5))
    return _result(writev(fd, ctypes.addressof(iov), len(iov)))


def call_sendmsg(fd, arena, data):
    header = message(arena, split(arena.random, data, 5))
    return _result(sendmsg(fd, ctypes.addressof(header), arena.random.choice(FLAGS)))


def call_sendmmsg(fd, arena, data, messages=None):
    """`messages`: what the single messages of the call are; one by default."""
    messages = messages or [data]
    headers = [message(arena, split(arena.random, part, 3)) for part in messages]
    array = (Mmsghdr * len(headers))(*[Mmsghdr(header, UNTOUCHED) for header in headers])
    value = sendmmsg(fd, ctypes.addressof(array), len(array), arena.random.choice(FLAGS))
    lengths = [entry.length for entry in array]
    sent = max(value, 0)
    assert lengths[sent:] == [UNTOUCHED] * (len(array) - sent), f"sendmmsg={value} set msg_len to {lengths}"
    return _result(value)._replace(count=sum(lengths[:sent]))


MSG_DONTWAIT, MSG_NOSIGNAL = 0x40, 0x4000
FLAGS = (0, MSG_DONTWAIT, MSG_NOSIGNAL, MSG_DONTWAIT | MSG_NOSIGNAL)

CALLS = {"write": call_write, "writev": call_writev, "send": call_send, "sendto": call_sendto,
         "sendmsg": call_sendmsg, "sendmmsg": call_sendmmsg}
