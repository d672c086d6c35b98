"""What is guarded without being asked for, and what only when a rule names it."""

import os
import pty
import socket
import tempfile
import tty

from .guarded import each, guarded
from .streams import drain, events, is_clean, libc, pair, refuses, tear


def open_pipe():
    reader, writer = os.pipe()
    return writer, reader


def open_tty():
    master, slave = pty.openpty()
    tty.setraw(slave)
    return slave, master


def open_file():
    number, name = tempfile.mkstemp()
    os.unlink(name)
    return number, None


def datagrams(type_):
    def create():
        writer, peer = socket.socketpair(socket.AF_UNIX, type_)
        writer.setblocking(False)
        return writer.detach(), peer.detach()
    return create


def open_udp():
    peer = socket.socket(type=socket.SOCK_DGRAM)
    peer.bind(("127.0.0.1", 0))
    writer = socket.socket(type=socket.SOCK_DGRAM)
    writer.connect(peer.getsockname())
    return writer.detach(), peer.detach()


def open_tcp(family=socket.AF_INET):
    listener = socket.create_server(("127.0.0.1" if family == socket.AF_INET else "::1", 0), family=family)
    writer = socket.create_connection(listener.getsockname()[:2])
    writer.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)
    return writer.detach(), listener.accept()[0].detach()


def open_unix():
    writer, peer = pair()
    return writer.detach(), peer.detach()


BIG = b"torn: " + bytes(8 << 20)
STREAMS = {"unix": open_unix, "tcp": open_tcp, "tcp6": lambda: open_tcp(socket.AF_INET6)}
OTHERS = {"pipe": open_pipe, "tty": open_tty}
WHOLE = {"datagram": datagrams(socket.SOCK_DGRAM), "seqpacket": datagrams(socket.SOCK_SEQPACKET), "udp": open_udp,
         "file": open_file}


def abandons(number):
    """True if a message can be cut here and another one sent."""
    tear(number, BIG)
    return not refuses(number)


@each("kind", STREAMS)
@guarded()
def test_a_stream_socket_is_guarded(kind):
    assert not abandons(STREAMS[kind]()[0])


@each("kind", OTHERS)
@guarded()
def test_a_pipe_or_tty_is_not(kind):
    assert abandons(OTHERS[kind]()[0])
    assert not events()


@each("kind", WHOLE)
@each("rules", ("*=call", "type:any=call", "fd:0-999=call"))
@guarded(RULES="{rules}")
def test_what_has_no_stream_is_never_guarded(kind, rules):
    number = WHOLE[kind]()[0]
    for size in (0, 1, 100, 1000):
        assert os.write(number, bytes(size)) == size
    assert libc.write(number, None, 10) == -1
    if kind != "udp":
        while kind != "file":
            try:
                os.write(number, bytes(1000))
            except BlockingIOError:
                break
    assert not events()


@guarded(RULES="type:pipe=call")
def test_a_pipe_is_guarded_by_its_type():
    assert not abandons(open_pipe()[0])
    assert abandons(open_tty()[0])
    assert abandons(open_unix()[0])


@each("kind", OTHERS)
@guarded(RULES="fd:40-49=call")
def test_anything_is_guarded_by_its_number(kind):
    writer, peer = OTHERS[kind]()
    assert abandons(writer)
    writer, peer = OTHERS[kind]()
    os.dup2(writer, 44)
    assert not abandons(44)


@guarded(RULES="type:any=call")
def test_any_type_means_pipes_too():
    assert not abandons(open_pipe()[0])
    assert not abandons(open_unix()[0])
    assert not abandons(open_tcp()[0])


@guarded(RULES="*=call")
def test_everything_means_sockets_only():
    assert abandons(open_pipe()[0])
    assert not abandons(open_unix()[0])


@each("standard", (0, 1, 2))
@guarded(RULES="*=call")
def test_a_standard_fd_is_not_guarded(standard):
    writer, peer = open_unix()
    os.dup2(writer, standard)
    os.close(writer)
    assert abandons(standard)


@each("standard", (0, 1, 2))
@guarded(RULES="fd:0-2=call")
def test_a_standard_fd_is_guarded_by_its_number(standard):
    writer, peer = open_unix()
    os.dup2(writer, standard)
    assert not abandons(standard)


@guarded(RULES="fd:1=call;*=call")
def test_a_stream_shared_with_a_named_standard_fd_stays_guarded():
    writer, peer = open_unix()
    os.dup2(writer, 1)
    tear(1)
    assert refuses(1)
    assert not events("off")


@guarded()
def test_a_stream_shared_with_a_standard_fd_is_let_go():
    """stdio and children write there where nobody sees it; the log says so."""
    writer, peer = open_unix()
    assert is_clean(writer, peer)
    os.dup2(writer, 1)
    assert abandons(writer)
    assert len(events("off")) == 1


@guarded(RULES="type:pipe=line")
def test_a_closed_pipe_is_no_broken_guard():
    """EPIPE of the kernel's own, not ours."""
    writer, reader = open_pipe()
    os.close(reader)
    assert refuses(writer)
    assert not events()


@guarded(RULES="type:pipe=call")
def test_poison_refuses_a_write_of_nothing_on_a_pipe():
    writer, reader = open_pipe()
    assert os.write(writer, b"") == 0
    tear(writer)
    assert refuses(writer)
    assert refuses(writer, b"")
    assert drain(reader)


@guarded(FRAMING="off")
def test_framing_off_guards_nothing():
    assert abandons(open_unix()[0])
    assert not events()


@guarded()
def test_a_write_before_connect_leaves_nothing_behind():
    listener = socket.create_server(("127.0.0.1", 0))
    early = socket.socket()
    assert refuses(early), "the kernel's own EPIPE: not connected"
    assert not events()
    early.connect(listener.getsockname())
    peer = listener.accept()[0]
    assert is_clean(early, peer)
    assert not abandons(early.detach())
