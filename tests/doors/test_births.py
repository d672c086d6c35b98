"""Each call that gives out an fd number, or connects it anew: what was known of the number is known no more."""

import array
import ctypes
import fcntl
import os
import socket
import struct

from guard.guarded import each, guarded
from guard.streams import events, is_clean, libc, pair, refuses, system_call, tear

from .calls import call, doors, numbers, run_above

HIGH = 50


# A number whose stream was closed unseen, and that a call gives out again.

def stale():
    """The number of a torn stream that ended behind the guard's back; the next fd gets it."""
    writer, peer = pair()
    tear(writer)
    number = writer.detach()
    system_call("close", number)
    return number


def one(*arguments):
    return lambda: (lambda door: [call(door, *arguments)])


def pipe_with(*flags):
    def prepare():
        room = numbers()

        def create(door):
            call(door, room, *flags)
            return list(room)
        return create
    return prepare


def pair_of_sockets():
    room = numbers()

    def create(door):
        call(door, socket.AF_UNIX, socket.SOCK_STREAM, 0, room)
        return list(room)
    return create


def from_listener(*arguments):
    def prepare():
        listener = socket.create_server(("127.0.0.1", 0))
        prepare.client = socket.create_connection(listener.getsockname())
        prepare.listener = listener
        return lambda door: [call(door, listener.fileno(), *arguments)]
    return prepare


class Iovec(ctypes.Structure):
    _fields_ = [("base", ctypes.c_void_p), ("length", ctypes.c_size_t)]


class Msghdr(ctypes.Structure):
    _fields_ = [("name", ctypes.c_void_p), ("namelen", ctypes.c_uint32), ("iov", ctypes.c_void_p),
                ("iovlen", ctypes.c_size_t), ("control", ctypes.c_void_p), ("controllen", ctypes.c_size_t),
                ("flags", ctypes.c_int), ("mmsg_length", ctypes.c_uint)]


class Received:
    """Fds on their way through a socket, and the call that gets them."""

    def __init__(self, *fds):
        self.ours, self.theirs = socket.socketpair()
        rights = (socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", fds))
        self.ours.sendmsg([b"."], [rights])
        self.byte, self.control = ctypes.create_string_buffer(1), ctypes.create_string_buffer(64)
        self.iov = Iovec(ctypes.addressof(self.byte), 1)
        # Two in a row: recvmmsg wants mmsghdrs.
        self.header = Msghdr(None, 0, ctypes.addressof(self.iov), 1, ctypes.addressof(self.control), 64, 0, 0)

    def by(self, door):
        pointer = ctypes.byref(self.header)
        if door.endswith("recvmmsg"):
            assert call(door, self.theirs.fileno(), pointer, 1, 0, None) == 1
        else:
            assert call(door, self.theirs.fileno(), pointer, 0) == 1
        length = struct.unpack_from("Q", self.control.raw)[0]
        return list(struct.unpack_from(f"{(length - 16) // 4}i", self.control.raw, 16))


def received():
    file = os.memfd_create("sent")
    return Received(file).by


def gotten():
    """From ourselves."""
    process, file = os.pidfd_open(os.getpid()), os.memfd_create("ours")
    return lambda door: [call(door, process, file, 0)]


PATH = b"/dev/null"
AT_FDCWD = -100
SIGNALS = ctypes.create_string_buffer(128)
HOW = ctypes.create_string_buffer(24)
BY_PATH = one(PATH, os.O_RDWR, 0)
AT_PATH = one(AT_FDCWD, PATH, os.O_RDWR, 0)
CREATORS = {
    **dict.fromkeys(("open", "open64", "__open", "__open64", "__open_2", "__open64_2", "syscall:open"), BY_PATH),
    **dict.fromkeys(("openat", "openat64", "__openat_2", "__openat64_2", "syscall:openat"), AT_PATH),
    "syscall:openat2": one(AT_FDCWD, PATH, HOW, len(HOW)),
    **dict.fromkeys(("creat", "creat64", "syscall:creat"), one(PATH, 0o600)),
    **dict.fromkeys(("pipe", "__pipe", "syscall:pipe"), pipe_with()),
    **dict.fromkeys(("pipe2", "syscall:pipe2"), pipe_with(os.O_CLOEXEC)),
    **dict.fromkeys(("eventfd", "syscall:eventfd2"), one(0, 0)), "syscall:eventfd": one(0),
    **dict.fromkeys(("epoll_create", "syscall:epoll_create"), one(1)),
    **dict.fromkeys(("epoll_create1", "syscall:epoll_create1"), one(0)),
    **dict.fromkeys(("timerfd_create", "syscall:timerfd_create"), one(1, 0)),
    "signalfd": one(-1, SIGNALS, 0), "syscall:signalfd": one(-1, SIGNALS, 8),
    "syscall:signalfd4": one(-1, SIGNALS, 8, 0),
    **dict.fromkeys(("memfd_create", "syscall:memfd_create"), one(b"name", 0)),
    **dict.fromkeys(("inotify_init", "syscall:inotify_init"), one()),
    **dict.fromkeys(("inotify_init1", "syscall:inotify_init1"), one(0)),
    **dict.fromkeys(("fanotify_init", "syscall:fanotify_init"), one(0x200, os.O_RDONLY)),
    **dict.fromkeys(("pidfd_open", "syscall:pidfd_open"), one(os.getpid(), 0)),
    **dict.fromkeys(("pidfd_getfd", "syscall:pidfd_getfd"), gotten),
    **dict.fromkeys(("recvmsg", "recvmmsg", "syscall:recvmsg", "syscall:recvmmsg"), received),
    **dict.fromkeys(("socket", "__socket", "syscall:socket"), one(socket.AF_UNIX, socket.SOCK_STREAM, 0)),
    **dict.fromkeys(("socketpair", "syscall:socketpair"), pair_of_sockets),
    **dict.fromkeys(("accept", "syscall:accept"), from_listener(None, None)),
    **dict.fromkeys(("accept4", "syscall:accept4"), from_listener(None, None, 0)),
}


@each("door", doors(CREATORS))
@guarded()
def test_a_new_fd_on_the_number_of_a_stream_that_ended_unseen_has_no_past(door):
    """The end of the new one is not taken for the end of the old one's message."""
    create = CREATORS[door]()
    number = stale()
    made = create(door)
    assert made[0] == number
    for fd in made:
        os.close(fd)
    assert not events("closed")


STREAMS = ("socketpair", "syscall:socketpair", "accept", "accept4", "syscall:accept", "syscall:accept4")


@each("door", doors(STREAMS))
@guarded()
def test_a_new_stream_on_a_stale_number_is_guarded_from_its_first_byte(door):
    create = CREATORS[door]()
    stale()
    made = create(door)
    tear(made[0], b"torn: " + bytes(8 << 20))
    assert refuses(made[0])


@each("door", doors(("socket", "__socket", "syscall:socket")))
@guarded()
def test_a_new_socket_on_a_stale_number_is_guarded_from_its_first_byte(door):
    listener = socket.create_server(("127.0.0.1", 0))
    number = stale()
    made = call(door, socket.AF_INET, socket.SOCK_STREAM, 0)
    assert made == number
    client = socket.socket(fileno=made)
    client.connect(listener.getsockname())
    tear(client, b"torn: " + bytes(8 << 20))
    assert refuses(client)


def unasked_body(door):
    """What was seen of its birth is enough. (An accepted socket is of its listener's kind.)"""
    listener = bound_listener()
    if "accept" in door:
        client = socket.socket(socket.AF_UNIX)
        client.connect(listener.getsockname())
        made, peer = call(door, listener.fileno(), None, None, 0), client
    elif "pair" in door:
        made, peer = pair_of_sockets()(door)
    else:
        made = call(door, socket.AF_UNIX, socket.SOCK_STREAM, 0)
        address = struct.pack("H", socket.AF_UNIX) + listener.getsockname()
        assert libc.connect(made, address, len(address)) == 0
        peer = listener.accept()[0]
    tear(made)
    assert refuses(made)
    assert peer


def bound_listener():
    """Python's own sockets ask; not those whose kind is given."""
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM, 0)
    listener.bind(f"\0poisonshim-{os.getpid()}")
    listener.listen()
    return listener


@each("door", doors(("socket", "__socket", "syscall:socket", *STREAMS)))
def test_a_socket_whose_birth_was_seen_is_guarded_without_a_question(tmp_path, door):
    run_above(tmp_path, "noquestions", unasked_body, door)


@each("door", doors(("pipe", "__pipe", "pipe2", "syscall:pipe", "syscall:pipe2")))
@guarded(RULES="type:pipe=call;type:unix=call")
def test_a_new_pipe_on_a_stale_number_is_guarded_from_its_first_byte(door):
    create = CREATORS[door]()
    null = os.open("/dev/null", os.O_RDONLY)
    stale_number = stale_above(null)
    reading, writing = create(door)
    assert writing == stale_number
    assert os.fstat(reading)
    tear(writing)
    assert refuses(writing)


def stale_above(free):
    """The second number that the next call gives out: `free` becomes the first."""
    number = stale()
    os.close(free)
    assert free < number
    return number


@each("door", doors(("recvmsg", "recvmmsg", "syscall:recvmsg", "syscall:recvmmsg")))
@guarded()
def test_a_duplicate_from_oneself_shares_the_verdict(door):
    writer, peer = pair()
    rest = tear(writer)
    copy, = Received(writer.fileno()).by(door)
    assert refuses(copy)
    assert refuses(writer, rest)


@each("door", doors(("recvmsg", "recvmmsg", "syscall:recvmsg", "syscall:recvmmsg", "pidfd_getfd",
                     "syscall:pidfd_getfd")))
@guarded()
def test_a_duplicate_from_oneself_outlives_the_number_that_it_was_made_from(door):
    """It has not been written to yet."""
    writer, peer = pair()
    tear(writer)
    if "pidfd" in door:
        copy = call(door, os.pidfd_open(os.getpid()), writer.fileno(), 0)
    else:
        copy, = Received(writer.fileno()).by(door)
    writer.close()
    assert not events("closed")
    assert refuses(copy)


@each("door", doors(("recvmsg", "recvmmsg", "syscall:recvmsg", "syscall:recvmmsg")))
@guarded()
def test_every_fd_of_a_message_is_innocent(door):
    """Three arrive, on the numbers of streams that ended unseen."""
    connections = [pair() for _ in range(3)]
    fds = [fcntl.fcntl(writer, fcntl.F_DUPFD, HIGH) for writer, _ in connections]
    arriving = Received(*fds)
    for writer, _ in connections:
        writer.close()
    for fd in fds:
        system_call("close", fd)
    old = [pair() for _ in range(3)]
    for writer, _ in old:
        tear(writer)
    for fd in sorted(writer.detach() for writer, _ in old):
        system_call("close", fd)
    for fd, (_, peer) in zip(arriving.by(door), connections):
        assert is_clean(fd, peer)
        os.close(fd)
    assert not events("closed")


@each("door", doors(("pidfd_getfd", "syscall:pidfd_getfd")))
@guarded()
def test_a_duplicate_fetched_from_oneself_shares_the_verdict(door):
    writer, peer = pair()
    process = os.pidfd_open(os.getpid())
    rest = tear(writer)
    copy = call(door, process, writer.fileno(), 0)
    assert refuses(copy)
    assert refuses(writer, rest)


# Connections.

AF_UNSPEC = ctypes.create_string_buffer(struct.pack("H14x", socket.AF_UNSPEC), 16)


@each("door", doors(("connect", "__connect", "syscall:connect")))
@guarded()
def test_a_socket_that_is_connected_anew_is_clean(door):
    listener = socket.create_server(("127.0.0.1", 0))
    client = socket.create_connection(listener.getsockname())
    first = listener.accept()[0]
    client.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)
    tear(client, b"torn: " + bytes(8 << 20))
    client.setblocking(True)
    call(door, client.fileno(), AF_UNSPEC, 16)
    client.connect(listener.getsockname())
    peer = listener.accept()[0]
    assert first and is_clean_over_tcp(client, peer)
    tear(client, b"torn: " + bytes(8 << 20))
    assert refuses(client)
    assert not events("off")


def is_clean_over_tcp(client, peer):
    for message in (b"a whole one", b"and one more"):
        assert os.write(client.fileno(), message) == len(message)
    peer.settimeout(20)
    got = b""
    while len(got) < 23:
        got += peer.recv(100)
    return got == b"a whole oneand one more"
