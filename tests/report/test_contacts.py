"""How the log names what an fd is connected to."""

import ctypes
import ipaddress
import itertools
import json
import os
import pty
import random
import re
import socket
import struct

import pytest

from .log import built, line_of


def named(address):
    return built("contact_name", address, ctypes.c_uint32(len(address))).decode("latin-1")


def ipv6(packed, port=80, scope=0):
    return struct.pack("=H", socket.AF_INET6) + struct.pack("!HI", port, 9) + packed + struct.pack("=I", scope)


def ipv4(packed, port=80):
    return struct.pack("=H", socket.AF_INET) + struct.pack("!H", port) + packed + bytes(8)


def vsock(cid, port):
    return struct.pack("=HHII", socket.AF_VSOCK, 0, port, cid) + bytes(4)


def test_ipv6_is_compressed_as_rfc_5952_says():
    """Every pattern of zero and other groups, against Python."""
    for groups in itertools.product((0, 1, 0xabcd), repeat=8):
        packed = struct.pack("!8H", *groups)
        assert named(ipv6(packed)) == f"[{ipaddress.IPv6Address(packed)}]:80"


def test_random_ipv6_addresses():
    source = random.Random("ipv6")
    for _ in range(2000):
        packed = source.randbytes(16)
        assert named(ipv6(packed, 65535)) == f"[{ipaddress.IPv6Address(packed)}]:65535"


def test_an_ipv4_address_in_ipv6_is_shown_as_one():
    assert named(ipv6(bytes(10) + b"\xff\xff\x0a\0\0\xff")) == "[::ffff:10.0.0.255]:80"


def test_a_link_local_address_has_its_scope():
    assert named(ipv6(ipaddress.IPv6Address("fe80::1").packed, 1, 42)) == "[fe80::1%42]:1"


@pytest.mark.parametrize("host", ["0.0.0.0", "127.0.0.1", "255.255.255.255", "10.200.3.99"])
def test_ipv4(host):
    assert named(ipv4(socket.inet_aton(host), 6379)) == f"{host}:6379"


def test_vsock():
    assert named(vsock(3, 1024)) == "3:1024"
    assert named(vsock(2**32 - 1, 2**32 - 1)) == "4294967295:4294967295"


@pytest.mark.parametrize("address, name", [
    (b"", ""), (b"/run/x", "/run/x"), (b"/run/x\0\0", "/run/x"), (b"x" * 108, "x" * 108), (b"\0abc", "@abc"),
    (b"\0a\0b\0", "@a\0b\0"), (b"\0" + b"y" * 107, "@" + "y" * 107), (b"\0", "@"),
])
def test_unix(address, name):
    assert named(struct.pack("=H", socket.AF_UNIX) + address) == name


def contact(fd):
    """What stands in the text line for the fd, and type, peer and local in the JSON line."""
    fd = fd if isinstance(fd, int) else fd.fileno()
    text = re.search(f"torn: fd {fd} (.*): 0 bytes sent", line_of("torn", fd=fd))[1]
    read = json.loads(line_of("torn", fd=fd, json=True))
    return text, read["type"], read["peer"], read["local"]


@pytest.mark.parametrize("family, host", [(socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1")])
def test_tcp_names_the_peer(family, host):
    with socket.create_server((host, 0), family=family) as server, socket.create_connection(server.getsockname()[:2]) as client:
        shown = f"[{host}]" if ":" in host else host
        there, here = (f"{shown}:{end.getsockname()[1]}" for end in (server, client))
        assert contact(client) == (f"tcp {there}", "tcp", there, here)
        accepted, _ = server.accept()
        with accepted:
            assert contact(accepted) == (f"tcp {here}", "tcp", here, there)
        assert contact(server) == (f"tcp, no peer any more, local {there}", "tcp", None, there)


def test_a_connection_that_was_reset_still_has_its_own_end():
    with socket.create_server(("127.0.0.1", 0)) as server, socket.create_connection(server.getsockname()) as client:
        accepted, _ = server.accept()
        accepted.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        accepted.close()
        client.settimeout(10)
        with pytest.raises(ConnectionResetError):
            client.recv(1)
        here = f"127.0.0.1:{client.getsockname()[1]}"
        assert contact(client) == (f"tcp, no peer any more, local {here}", "tcp", None, here)


def unix_pair(path):
    server = socket.socket(socket.AF_UNIX)
    server.bind(path)
    server.listen()
    client = socket.socket(socket.AF_UNIX)
    client.connect(path)
    accepted, _ = server.accept()
    server.close()
    return client, accepted


@pytest.mark.parametrize("name, text, read", [
    (b"plain", "plain", "plain"),
    (b'a "b"\n\\\x1b', 'a "b"\\x0a\\\\x1b', 'a "b"\n\\\x1b'),
    ("é".encode(), "\\xc3\\xa9", "é"),
    (b"\xe9", "\\xe9", "é"),
])
def test_a_path_cannot_spoil_the_line(tmp_path, monkeypatch, name, text, read):
    monkeypatch.chdir(tmp_path)
    client, accepted = unix_pair(name)
    with client, accepted:
        assert contact(client) == (f"unix {text}", "unix", read, None)
        assert contact(accepted) == (f"unix bound to {text}", "unix", None, read)


def test_an_abstract_name_begins_with_an_at():
    client, accepted = unix_pair(b"\0poisonshim-test-%d" % os.getpid())
    with client, accepted:
        name = f"@poisonshim-test-{os.getpid()}"
        assert contact(client) == (f"unix {name}", "unix", name, None)


def test_a_socketpair_has_no_name():
    one, other = socket.socketpair()
    with one, other:
        assert contact(one) == ("unix socketpair/unnamed", "unix", None, None)


def test_what_is_no_socket_says_so(tmp_path):
    reader, writer = os.pipe()
    master, slave = pty.openpty()
    with open(tmp_path / "file", "wb") as file, open("/dev/null", "wb") as device:
        expected = {writer: "pipe", slave: "tty", file.fileno(): "file", device.fileno(): "device"}
        for fd, type_ in expected.items():
            assert contact(fd) == (type_, type_, None, None)
    for fd in (reader, writer, master, slave):
        os.close(fd)
    assert contact(900000) == ("closed", "closed", None, None)


def test_another_family_is_a_socket():
    with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW) as other:
        assert contact(other) == ("socket", "socket", None, None)
