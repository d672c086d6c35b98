"""The write functions of libc as a C program calls them, through the symbols that preloads interpose, by the numbers
that syscall() takes too, and the fault layer that stands under them."""

import ctypes
import mmap
import os
import socket
from collections import namedtuple

from .process import BUILD

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
    """Younger machines have no other names for old functions: there it is the plain one."""
    found = getattr(_names, name, None) or getattr(_names, name.removeprefix("__"))
    found.restype = result
    found.argtypes = arguments
    return found


write = function("write", _ssize, _int, _pointer, _size)
writev = function("writev", _ssize, _int, _pointer, _int)
send = function("send", _ssize, _int, _pointer, _size, _int)
sendto = function("sendto", _ssize, _int, _pointer, _size, _int, _pointer, ctypes.c_uint32)
sendmsg = function("sendmsg", _ssize, _int, _pointer, _int)
sendmmsg = function("sendmmsg", _int, _int, _pointer, ctypes.c_uint, _int)
other_write = function("__write", _ssize, _int, _pointer, _size)
other_send = function("__send", _ssize, _int, _pointer, _size, _int)
other_sendmmsg = function("__sendmmsg", _int, _int, _pointer, ctypes.c_uint, _int)
pwritev2 = function("pwritev2", _ssize, _int, _pointer, _int, ctypes.c_long, _int)
pwritev64v2 = function("pwritev64v2", _ssize, _int, _pointer, _int, ctypes.c_longlong, _int)
vmsplice = function("vmsplice", _ssize, _int, _pointer, _size, ctypes.c_uint)
sendfile = function("sendfile", _ssize, _int, _int, _pointer, _size)
sendfile64 = function("sendfile64", _ssize, _int, _int, _pointer, _size)
dup = function("dup", _int, _int)
dup2 = function("dup2", _int, _int, _int)
close = function("close", _int, _int)
syscall = function("syscall", ctypes.c_long, ctypes.c_long, *[ctypes.c_long] * 6)
# Unseen: libc's own, not the one that a preload puts before it.
raw = ctypes.CDLL("libc.so.6", use_errno=True).syscall
raw.restype = ctypes.c_long
raw.argtypes = [ctypes.c_long] * 5
_socketpair = function("socketpair", _int, _int, _int, _int, _pointer)
_mmap = function("mmap", ctypes.c_void_p, _pointer, _size, _int, _int, _int, ctypes.c_long)
_mprotect = function("mprotect", _int, _pointer, _size, _int)
_sbrk = function("sbrk", ctypes.c_void_p, _ssize)


NUMBERS = {name: int(number) for name, number in map(str.split, (BUILD / "syscall-numbers").read_text().splitlines())}


def numbered(name):
    """The function that makes this system call by its number; all six arguments are said."""
    def call(*arguments):
        return syscall(NUMBERS[name], *[argument or 0 for argument in arguments], *[0] * (6 - len(arguments)))
    return call


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


def mapped():
    return mmap.mmap(-1, ARENA_SIZE)


def heap():
    """What malloc has from brk(2): the guard need not ask whether it may be read."""
    start = _sbrk(ARENA_SIZE)
    assert start not in (None, ctypes.c_void_p(-1).value)
    return (ctypes.c_char * ARENA_SIZE).from_address(start)


class Arena:
    """Memory for the arguments of calls. Every piece lies at an address of its own between bytes that are not meant,
    so that nobody can take pieces for neighbours or come back to an old pointer."""

    def __init__(self, random, memory):
        self.random = random
        self.memory = memoryview(memory).cast("B")
        self.start = ctypes.addressof(ctypes.c_char.from_buffer(memory))
        self.memory[:] = b"\xee" * ARENA_SIZE
        self.at = 0
        self.file = os.memfd_create("arena")
        self.file_at = 0

    def place_in_file(self, data):
        """With bytes behind it that are not meant. What was placed stays: a socket keeps the file's pages, no copy."""
        at = self.file_at + int(self.random.random() * 40)
        self.file_at = at + len(data) + os.pwrite(self.file, b"\xee" * 40, at + len(data))
        os.pwrite(self.file, data, at)
        return at

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


def call_write(fd, arena, data, function=write):
    return _result(function(fd, arena.place(data), len(data)))


def call_send(fd, arena, data, function=send):
    return _result(function(fd, arena.place(data), len(data), arena.random.choice(FLAGS)))


def call_sendto(fd, arena, data, function=sendto):
    return _result(function(fd, arena.place(data), len(data), arena.random.choice(FLAGS), None, 0))


def call_writev(fd, arena, data, pieces=None, function=writev):
    iov = vector(arena, pieces or split(arena.random, data, 5))
    return _result(function(fd, ctypes.addressof(iov), len(iov)))


def call_pwritev2(fd, arena, data, function=pwritev2):
    iov = vector(arena, split(arena.random, data, 5))
    return _result(function(fd, ctypes.addressof(iov), len(iov), -1, 0))


def pwritev2_by_number(fd, iov, count, offset, flags):
    """The offset in two halves, as the kernel wants it."""
    return numbered("pwritev2")(fd, iov, count, offset, offset, flags)


def call_vmsplice(fd, arena, data, function=vmsplice):
    """In few pieces: each takes a page's place in the pipe."""
    iov = vector(arena, split(arena.random, data, 2))
    return _result(function(fd, ctypes.addressof(iov), len(iov), arena.random.choice(SPLICE_FLAGS)))


def call_sendmsg(fd, arena, data, function=sendmsg):
    header = message(arena, split(arena.random, data, 5))
    return _result(function(fd, ctypes.addressof(header), arena.random.choice(FLAGS)))


def call_sendmmsg(fd, arena, data, messages=None, function=sendmmsg):
    """`messages`: what the single messages of the call are; one by default."""
    messages = messages or [data]
    headers = [message(arena, split(arena.random, part, 3)) for part in messages]
    array = (Mmsghdr * len(headers))(*[Mmsghdr(header, UNTOUCHED) for header in headers])
    value = function(fd, ctypes.addressof(array), len(array), arena.random.choice(FLAGS))
    lengths = [entry.length for entry in array]
    sent = max(value, 0)
    assert lengths[sent:] == [UNTOUCHED] * (len(array) - sent), f"sendmmsg={value} set msg_len to {lengths}"
    return _result(value)._replace(count=sum(lengths[:sent]))


def call_sendfile(fd, arena, data, function=sendfile):
    """From an offset, or from the file's position."""
    at = arena.place_in_file(data)
    offset = ctypes.c_longlong(at)
    if arena.random.random() < 0.5:
        result = _result(function(fd, arena.file, ctypes.addressof(offset), len(data)))
        assert offset.value == at + result.count, f"sendfile={result} moved its offset by {offset.value - at}"
        return result
    os.lseek(arena.file, at, os.SEEK_SET)
    return _result(function(fd, arena.file, None, len(data)))


def by(call, function):
    def calling(fd, arena, data, **shape):
        return call(fd, arena, data, function=function, **shape)
    return calling


MSG_DONTWAIT, MSG_NOSIGNAL = 0x40, 0x4000
FLAGS = (0, MSG_DONTWAIT, MSG_NOSIGNAL, MSG_DONTWAIT | MSG_NOSIGNAL)
SPLICE_F_NONBLOCK = 2
SPLICE_FLAGS = (0, SPLICE_F_NONBLOCK)

# Of sockets and pipes, of sockets, of pipes.
ANY_CALLS = {
    "write": call_write, "writev": call_writev, "__write": by(call_write, other_write),
    "pwritev2": call_pwritev2, "pwritev64v2": by(call_pwritev2, pwritev64v2),
    "syscall write": by(call_write, numbered("write")), "syscall writev": by(call_writev, numbered("writev")),
    "syscall pwritev2": by(call_pwritev2, pwritev2_by_number),
}
CALLS = {
    **ANY_CALLS, "send": call_send, "sendto": call_sendto, "sendmsg": call_sendmsg, "sendmmsg": call_sendmmsg,
    "__send": by(call_send, other_send), "__sendmmsg": by(call_sendmmsg, other_sendmmsg),
    "sendfile": call_sendfile, "sendfile64": by(call_sendfile, sendfile64),
    "syscall sendto": by(call_sendto, numbered("sendto")), "syscall sendmsg": by(call_sendmsg, numbered("sendmsg")),
    "syscall sendmmsg": by(call_sendmmsg, numbered("sendmmsg")),
    "syscall sendfile": by(call_sendfile, numbered("sendfile")),
}
PIPE_CALLS = {**ANY_CALLS, "vmsplice": call_vmsplice, "syscall vmsplice": by(call_vmsplice, numbered("vmsplice"))}
