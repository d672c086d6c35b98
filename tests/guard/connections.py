"""Bodies for test_rules.py: connections to a listener that came from outside, whose address the rules name."""

import ctypes
import errno
import os
import socket
import struct

from .streams import is_clean, libc, refuses, tear

AF_UNSPEC = struct.pack("H14x", socket.AF_UNSPEC)


def small(sock):
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)
    return sock


def tear_tcp(sock):
    return tear(sock, b"torn: " + bytes(8 << 20))


def guards(sock):
    tear_tcp(small(sock))
    return refuses(sock)


def connect(listener):
    client = socket.socket(listener.family)
    client.connect(listener.getsockname())
    return client


def both_ends(listener_fd, client, server):
    """Whether the client and the server are guarded must be as told."""
    listener = socket.socket(fileno=listener_fd)
    ours = connect(listener)
    theirs, address = listener.accept()
    assert guards(ours) is client, "client"
    assert guards(theirs) is server, "server"


def connect_without_waiting(listener_fd):
    listener = socket.socket(fileno=listener_fd)
    client = small(socket.socket(listener.family))
    client.setblocking(False)
    assert refuses(client), "the kernel's own EPIPE"
    client.connect_ex(listener.getsockname())
    while not try_write(client):
        pass
    peer = listener.accept()[0]
    tear_tcp(client)
    assert refuses(client)
    assert peer.recv(5) == b"whole"


def try_write(client):
    """The first writes may come before the connection."""
    try:
        return os.write(client.fileno(), b"whole")
    except BlockingIOError:
        return 0


def connect_elsewhere(listener_fd):
    """First to a peer that no rule names, then to one that a rule does, then again with a clean stream."""
    listener = socket.socket(fileno=listener_fd)
    unnamed = socket.create_server(("127.0.0.1", 0))
    client = small(socket.socket())
    client.connect(unnamed.getsockname())
    assert os.write(client.fileno(), b"whole") == 5
    for _ in range(2):
        dissolve(client)
        client.setblocking(True)
        client.connect(listener.getsockname())
        peer = listener.accept()[0]
        assert is_clean(client, peer)
        tear_tcp(client)
    assert refuses(client)


def write_before_it_is_connected(listener_fd):
    """The first packets of a connection are lost while the listener's queue is full."""
    listener = socket.socket(fileno=listener_fd)
    listener.listen(0)
    clients = []
    while not clients or is_connected(clients[-1]):
        clients.append(small(socket.socket()))
        clients[-1].setblocking(False)
        assert clients[-1].connect_ex(listener.getsockname()) == errno.EINPROGRESS
    waiting = clients[-1]
    assert try_write(waiting) == 0
    peers = [listener.accept()[0] for _ in clients]
    assert is_connected(waiting)
    tear_tcp(waiting)
    assert refuses(waiting)
    assert len(peers) == len(clients)


def is_connected(client):
    """Loopback connects at once, or has lost a packet and tries again in a second."""
    try:
        client.getpeername()
    except OSError:
        return False
    return True


def reconnect_poisoned(listener_fd):
    """It is the same open file description."""
    listener = socket.socket(fileno=listener_fd)
    client = small(socket.socket())
    client.connect(listener.getsockname())
    tear_tcp(client)
    assert refuses(client)
    dissolve(client)
    client.setblocking(True)
    client.connect(listener.getsockname())
    assert refuses(client)
    assert refuses(client, b"")


def dissolve(client):
    address = ctypes.create_string_buffer(AF_UNSPEC, 16)
    assert libc.connect(client.fileno(), address, 16) == 0
