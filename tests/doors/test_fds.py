"""Each call that changes what an fd number means: what is known of a stream follows it, or ends with it."""

import array
import ctypes
import fcntl
import os
import socket
import struct

from guard.guarded import each, guarded, run_body
from guard.streams import drain, events, finish, is_clean, is_guarded, libc, pair, refuses, system_call, tear

from .calls import BUILD, call, exists, numbers

HIGH = 50


def run_above(tmp_path, library, body, door, **variables):
    """With a library of this directory between the guard and libc."""
    run_body(tmp_path, body, {"door": door}, below=BUILD / f"doors/lib{library}.so", **variables).check()


def doors(table):
    return [door for door in table if exists(door)]


# The end of a number.

def number_alone(door, fd):
    call(door, fd)


def range_of_one(door, fd):
    call(door, fd, fd, 0)


def all_from(door, fd):
    """By then it is the highest."""
    libc.closefrom(fd)


CLOSES = {"close": number_alone, "__close": number_alone, "close_range": range_of_one, "closefrom": all_from,
          "syscall:close": number_alone, "syscall:close_range": range_of_one}


def torn_at_the_top():
    """A torn stream with a number above all others, and the peer."""
    writer, peer = pair()
    high = fcntl.fcntl(writer, fcntl.F_DUPFD, HIGH)
    writer.close()
    tear(high)
    return high, peer


@each("door", doors(CLOSES))
@guarded()
def test_closing_a_number_ends_its_stream(door):
    high, peer = torn_at_the_top()
    CLOSES[door](door, high)
    assert [event["fd"] for event in events("closed")] == [high]
    new, new_peer = pair()
    os.dup2(new.fileno(), high)
    assert is_clean(high, new_peer)
    assert is_guarded(high)


@each("door", doors(["close_range", "syscall:close_range"]))
@guarded()
def test_a_range_that_is_only_marked_ends_nothing(door):
    high, peer = torn_at_the_top()
    call(door, high, HIGH + 10, 4)
    assert not events("closed")
    assert not os.get_inheritable(high)
    assert refuses(high)


@each("door", doors(["close_range", "syscall:close_range"]))
@guarded()
def test_a_range_ends_every_stream_in_it_and_no_other(door):
    (first, _), (second, _), (third, _) = torn = [torn_at_the_top() for _ in range(3)]
    call(door, first, second, 0)
    assert sorted(event["fd"] for event in events("closed")) == [first, second]
    assert refuses(third), torn


@each("door", doors(["close", "syscall:close"]))
@guarded()
def test_a_close_that_fails_is_the_kernels_answer(door):
    try:
        call(door, 999)
        raise AssertionError("closed")
    except OSError as error:
        assert error.errno == 9


# Duplicates.

def next_free(door, fd):
    return call(door, fd)


def at(door, fd):
    return call(door, fd, HIGH)


def at_with_flags(door, fd):
    return call(door, fd, HIGH, os.O_CLOEXEC)


def by_command(door, fd):
    return call(door, fd, fcntl.F_DUPFD, HIGH)


def by_command_cloexec(door, fd):
    return call(door, fd, fcntl.F_DUPFD_CLOEXEC, HIGH)


COMMANDS = ("fcntl", "fcntl64", "__fcntl", "__libc_fcntl64", "syscall:fcntl")
DUPLICATES = [("dup", next_free), ("syscall:dup", next_free), ("dup2", at), ("__dup2", at), ("syscall:dup2", at),
              ("dup3", at_with_flags), ("syscall:dup3", at_with_flags),
              *[(door, by_command) for door in COMMANDS], *[(door, by_command_cloexec) for door in COMMANDS]]
DUPLICATES = [(door, how.__name__) for door, how in DUPLICATES if exists(door)]


@each("door, how", DUPLICATES)
@guarded()
def test_a_duplicate_keeps_the_stream_alive(door, how):
    writer, peer = pair()
    rest = tear(writer)
    copy = globals()[how](door, writer.fileno())
    assert copy >= HIGH or how == "next_free"
    writer.close()
    assert not events("closed")
    finish(copy, peer, rest)
    tear(copy)
    assert refuses(copy)


@each("door, how", [(door, how) for door, how in DUPLICATES if how in ("at", "at_with_flags")])
@guarded()
def test_a_duplicate_ends_the_stream_whose_number_it_takes(door, how):
    writer, peer = pair()
    os.dup2(writer.fileno(), HIGH)
    writer.close()
    tear(HIGH)
    new, new_peer = pair()
    assert globals()[how](door, new.fileno()) == HIGH
    assert [event["fd"] for event in events("closed")] == [HIGH]
    assert is_clean(HIGH, new_peer)


@each("door", doors(COMMANDS))
@guarded()
def test_other_commands_arrive_and_answer(door):
    reading, writing = os.pipe()
    assert call(door, writing, fcntl.F_SETPIPE_SZ, 1 << 16) == 1 << 16
    assert call(door, writing, fcntl.F_GETPIPE_SZ, 0) == 1 << 16
    lock = bytearray(struct.pack("hhqqi4x", fcntl.F_WRLCK, 0, 0, 0, 0))
    file = os.memfd_create("locked")
    assert call(door, file, fcntl.F_GETLK, ctypes.byref((ctypes.c_char * len(lock)).from_buffer(lock))) == 0
    assert struct.unpack("hhqqi4x", lock)[0] == fcntl.F_UNLCK


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
    "signalfd": one(-1, SIGNALS, 0), "syscall:signalfd": one(-1, SIGNALS, 8), "syscall:signalfd4": one(-1, SIGNALS, 8, 0),
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
    assert first
    assert is_clean_over_tcp(client, listener.accept()[0])


def is_clean_over_tcp(client, peer):
    for message in (b"a whole one", b"and one more"):
        assert os.write(client.fileno(), message) == len(message)
    peer.settimeout(20)
    got = b""
    while len(got) < 23:
        got += peer.recv(100)
    return got == b"a whole oneand one more"


@each("door", doors(("shutdown", "syscall:shutdown")))
@guarded()
def test_a_half_close_inside_a_message_is_said(door):
    writer, peer = pair()
    tear(writer)
    call(door, writer.fileno(), socket.SHUT_WR)
    assert [event["fd"] for event in events("closed")] == [writer.fileno()]


# What cannot be counted.

SOL_TLS, TLS_TX, TLS_RX = 282, 1, 2


def set_tls(door, writer, option):
    assert call(door, writer.fileno(), SOL_TLS, option, None, 0) == 0


def tls_body(door):
    writer, peer = pair()
    set_tls(door, writer, TLS_RX)
    tear(writer, b"\0\1\0\0" + bytes(1 << 16))
    assert not events("off")
    set_tls(door, writer, TLS_TX)
    assert [event["reason"] for event in events("off")] == ["the kernel makes the TLS records from now on"]
    drain(peer)
    assert not refuses(writer)


def tls_in_calls_body(door):
    writer, peer = pair()
    tear(writer)
    set_tls(door, writer, TLS_TX)
    assert not events("off")
    assert refuses(writer)


@each("door", doors(("setsockopt", "syscall:setsockopt")))
def test_records_that_the_kernel_makes_are_not_counted(tmp_path, door):
    run_above(tmp_path, "faketls", tls_body, door, FRAMING="packet(4)")


@each("door", doors(("setsockopt", "syscall:setsockopt")))
def test_records_that_the_kernel_makes_are_one_for_a_call(tmp_path, door):
    run_above(tmp_path, "faketls", tls_in_calls_body, door, FRAMING="call")


LIO_WRITE, LIO_READ, LIO_WAIT, SIGEV_NONE = 1, 0, 0, 1


def aiocb(fd, data, opcode):
    """struct aiocb of a machine with 64 bits."""
    control = ctypes.create_string_buffer(168)
    struct.pack_into("iiixxxxPQ", control, 0, fd, opcode, 0, ctypes.addressof(data), len(data) - 1)
    struct.pack_into("Pii", control, 32, 0, 0, SIGEV_NONE)
    return control


def write_one(door, control):
    call(door, control)
    while libc.aio_error(control) == 115:
        libc.aio_suspend((ctypes.c_void_p * 1)(ctypes.addressof(control)), 1, None)


def write_list(door, control):
    getattr(libc, door)(LIO_WAIT, (ctypes.c_void_p * 2)(None, ctypes.addressof(control)), 2, None)


ASYNCHRONOUS = {"aio_write": write_one, "aio_write64": write_one, "lio_listio": write_list, "lio_listio64": write_list}


@each("door", ASYNCHRONOUS)
@guarded()
def test_asynchronous_writes_turn_the_guard_off(door):
    writer, peer = pair()
    tear(writer)
    drain(peer)
    data = ctypes.create_string_buffer(b"later")
    ASYNCHRONOUS[door](door, aiocb(writer.fileno(), data, LIO_WRITE))
    event, = events("off")
    assert event["fd"] == writer.fileno() and door.removesuffix("64") in event["reason"]
    assert not refuses(writer)


@each("door", ("lio_listio", "lio_listio64"))
@guarded()
def test_asynchronous_reads_do_not(door):
    writer, peer = pair()
    assert is_clean(writer, peer)
    peer.send(b"bytes")
    write_list(door, aiocb(writer.fileno(), ctypes.create_string_buffer(6), LIO_READ))
    assert not events("off")
    assert is_guarded(writer)
