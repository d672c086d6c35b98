"""TCP fast open: the first write makes the connection. Rules that look at addresses cannot be asked before it."""

import ctypes
import fcntl
import os
import socket
import struct

from .guarded import each, guarded
from .streams import drain, is_clean, libc, refuses, tear
from .test_kinds import BIG

TCP_FASTOPEN, TCP_FASTOPEN_CONNECT = 23, 30
SIOCSIFFLAGS, IFF_UP = 0x8914, 1
CLONE_NEWNET = 0x40000000
CLIENT, SERVER, CLIENT_NO_COOKIE, SERVER_NO_COOKIE = 1, 2, 4, 0x200


def network():
    """A network of our own where the first segment carries data; if that is not allowed, the handshake comes first."""
    if libc.unshare(CLONE_NEWNET) != 0:
        return
    with socket.socket() as sock:
        fcntl.ioctl(sock, SIOCSIFFLAGS, struct.pack("16sh14x", b"lo", IFF_UP))
    with open("/proc/sys/net/ipv4/tcp_fastopen", "w", encoding="ascii") as setting:
        setting.write(str(CLIENT | SERVER | CLIENT_NO_COOKIE | SERVER_NO_COOKIE))


def listen():
    listener = socket.create_server(("127.0.0.1", 0))
    listener.setsockopt(socket.IPPROTO_TCP, TCP_FASTOPEN, 16)
    return listener


def by_sendto(sock, address, data):
    return sock.sendto(data, socket.MSG_FASTOPEN, address)


def by_sendmsg(sock, address, data):
    return sock.sendmsg([data], [], socket.MSG_FASTOPEN, address)


def by_connect(sock, address, data):
    sock.setsockopt(socket.IPPROTO_TCP, TCP_FASTOPEN_CONNECT, 1)
    sock.connect(address)
    return os.write(sock.fileno(), data)


WAYS = {"sendto": by_sendto, "sendmsg": by_sendmsg, "connect": by_connect}
RULES = {"any": "*=packet(4)", "peer": "peer:127.0.0.1:1-65535=packet(4);*=off"}


@each("way", WAYS)
@each("rules", RULES.values())
@each("own", (True, False))
@guarded(RULES="{rules}")
def test_the_message_that_makes_the_connection_is_counted(way, rules, own):
    if own:
        network()
    listener = listen()
    writer = socket.socket()
    writer.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)
    assert WAYS[way](writer, listener.getsockname(), b"\0\0\0\6abc") == 7
    peer = listener.accept()[0]
    assert os.write(writer.fileno(), b"def") == 3
    got = b""
    while len(got) < 10:
        got += peer.recv(100)
    assert got == b"\0\0\0\6abcdef"
    tear(writer, struct.pack(">I", 8 << 20) + bytes(8 << 20))
    assert refuses(writer, b"\0\0\0\1a")


@each("way", WAYS)
@guarded(RULES="peer:127.0.0.1:1=call;*=off")
def test_a_connection_that_no_rule_names_stays_so(way):
    listener = listen()
    writer = socket.socket()
    writer.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)
    assert WAYS[way](writer, listener.getsockname(), b"whole") == 5
    peer = listener.accept()[0]
    tear(writer, BIG)
    assert not refuses(writer)


@each("rules", ("*=call", "peer:127.0.0.1:1-65535=call"))
@guarded(RULES="{rules}")
def test_a_socket_that_failed_to_connect_may_connect_elsewhere(rules):
    closed = socket.create_server(("127.0.0.1", 0))
    nowhere = closed.getsockname()
    closed.close()
    writer = socket.socket()
    writer.setblocking(False)
    assert writer.connect_ex(nowhere) != 0
    libc.write(writer.fileno(), b"early", 5)
    libc.poll((ctypes.c_int * 2)(writer.fileno(), 4), 1, 5000)
    writer.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
    listener = socket.create_server(("127.0.0.1", 0))
    writer.setblocking(True)
    while writer.connect_ex(listener.getsockname()) != 0:
        pass
    peer = listener.accept()[0]
    assert is_clean(writer, peer)
    tear(writer, BIG)
    assert refuses(writer)
    drain(peer)
