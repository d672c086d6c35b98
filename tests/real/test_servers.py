"""Servers in Python and Node that send a file to a slow reader."""

import signal
import ssl
import sys

import pytest

from .free_port import start_on_free_port
from .http1 import ask, read_body
from .http2 import Http2Client
from .program import PROGRAMS
from .slow_reader import SlowReader, connect, digest, drain, wait_until_blocked


def port_in(line):
    return int(next(word for word in line.split() if word.isdigit()))


def test_python_http_server(guard, start, payload):
    server = start(sys.executable, "-u", "-m", "http.server", "--bind", "127.0.0.1",
                   "--directory", payload.parent, "0")
    address = "127.0.0.1", port_in(server.line())
    with connect(address) as client:
        ask(client, f"/{payload.name}")
        wait_until_blocked(client, server)
        guard.assert_loaded(server)
        assert digest(read_body(SlowReader(client, server))) == digest(payload.read_bytes())
    server.stop(signal.SIGINT)
    assert server.errors().count("\n") == 1 and '" 200 -' in server.errors()
    guard.assert_undisturbed()


def download_over_tls(guard, server, certificate):
    context = ssl.create_default_context(cafile=certificate)
    client = connect(("127.0.0.1", port_in(server.line())))
    with context.wrap_socket(client, server_hostname="localhost") as tls:
        wait_until_blocked(tls, server)
        guard.assert_loaded(server)
        return drain(SlowReader(tls, server))


@pytest.mark.parametrize("guard", ["bare", "auto", "tls", "call"], indirect=True)
@pytest.mark.parametrize("mode", ["socket", "asyncio"])
def test_python_tls_server(mode, guard, start, payload, certificate):
    server = start(sys.executable, PROGRAMS / "tls_server.py", mode, certificate, payload)
    assert digest(download_over_tls(guard, server, certificate)) == digest(payload.read_bytes())
    server.assert_ended_well()
    guard.assert_undisturbed(short_writes=True)
    guard.assert_framed_as("call" if guard.name == "call" else "tls")


@pytest.mark.parametrize("guard", ["bare", "auto", "tls", "call"], indirect=True)
def test_node_tls_server(guard, start, payload, certificate):
    server = start("node", PROGRAMS / "tls_server.js", certificate, payload)
    assert digest(download_over_tls(guard, server, certificate)) == digest(payload.read_bytes())
    assert (server.stop(), server.errors()) == (0, "")
    guard.assert_undisturbed(short_writes=True)
    guard.assert_framed_as("call" if guard.name == "call" else "tls")


def test_php_built_in_server(guard, start, payload):
    server, address = start_on_free_port(
        lambda port: start("php", "-S", f"127.0.0.1:{port}", "-t", payload.parent),
        lambda started: "started" in started.errors())
    with connect(address) as client:
        ask(client, f"/{payload.name}", close=True)
        wait_until_blocked(client, server)
        guard.assert_loaded(server)
        assert digest(read_body(SlowReader(client, server))) == digest(payload.read_bytes())
    server.stop()
    guard.assert_undisturbed(short_writes=True)


@pytest.mark.parametrize("guard", ["bare", "auto", "call", "strict"], indirect=True)
@pytest.mark.parametrize("mode", ["end", "pipe", "writev"])
def test_node_net_server(mode, guard, start, payload):
    server = start("node", PROGRAMS / "net_server.js", mode, payload)
    with connect(("127.0.0.1", port_in(server.line()))) as client:
        wait_until_blocked(client, server)
        guard.assert_loaded(server)
        assert digest(drain(SlowReader(client, server))) == digest(payload.read_bytes())
    assert (server.stop(), server.errors()) == (0, "")
    guard.assert_undisturbed(short_writes=True)


def test_node_http_server(guard, start, payload):
    server = start("node", PROGRAMS / "http_server.js", payload)
    with connect(("127.0.0.1", port_in(server.line()))) as client:
        for path in ("/end", "/pipe"):
            ask(client, path)
            wait_until_blocked(client, server)
            assert digest(read_body(SlowReader(client, server))) == digest(payload.read_bytes())
        guard.assert_loaded(server)
    assert (server.stop(), server.errors()) == (0, "")
    guard.assert_undisturbed(short_writes=True)


@pytest.mark.parametrize("guard", ["bare", "auto", "http2"], indirect=True)
def test_node_http2_server(guard, start, payload):
    server = start("node", PROGRAMS / "http2_server.js", payload)
    with connect(("127.0.0.1", port_in(server.line()))) as sock:
        client = Http2Client(SlowReader(sock, server))
        for stream in client.ask("/"), client.ask("/"):
            assert digest(client.body(stream)) == digest(payload.read_bytes())
    assert (server.stop(), server.errors()) == (0, "")
    guard.assert_undisturbed(short_writes=True)
    guard.assert_framed_as("http2")


def test_next_client_on_the_same_fd_is_innocent(guard, start, payload):
    """Clients go away while node is blocked; node closes their fds through syscall() and the numbers come back."""
    server = start("node", PROGRAMS / "net_server.js", "end", payload)
    address = "127.0.0.1", port_in(server.line())
    for gone in range(3):
        with connect(address) as client:
            wait_until_blocked(client, server)
        assert server.line(1 + gone) in ("ECONNRESET", "EPIPE")
    with connect(address) as client:
        wait_until_blocked(client, server)
        assert digest(drain(SlowReader(client, server))) == digest(payload.read_bytes())
    assert (server.stop(), server.errors()) == (0, "")
    guard.assert_undisturbed(short_writes=True, allowed=["closed"])
