"""nginx over HTTP/2 cleartext with a client that resets streams while nginx is blocked. nginx then ends the frame that it
has half sent and drops the rest of what the kernel had refused: whole frames of a stream that nobody wants."""

import pytest

from .http2 import Http2Client
from .nginx import Nginx
from .slow_reader import connect, digest, peer_queues, wait_until_blocked
from .waiting import wait_until

ROUNDS = 12
SMALL = b"small but not empty\n" * 50


@pytest.fixture
def root(tmp_path, payload):
    directory = tmp_path / "root"
    directory.mkdir()
    (directory / "big").symlink_to(payload)
    (directory / "middle").write_bytes(payload.read_bytes()[:200_000])
    (directory / "small").write_bytes(SMALL)
    return directory


def reset_while_blocked(client, nginx, number):
    """Asks for a big file, lets nginx get stuck in it at a place that depends on `number`, and resets the stream. Returns
    the stream of another file, asked for in the same breath."""
    unwanted = client.ask("/big")
    wait_until_blocked(client.sock, nginx.program)
    for _ in range(number):
        client.read(3_001)
    wait_until_blocked(client.sock, nginx.program)
    wanted = client.ask("/middle")
    client.reset(unwanted)
    wait_until(lambda: peer_queues(client.sock)[1] == 0, "nginx has read the reset")
    wait_until_blocked(client.sock, nginx.program)
    return wanted


def serve_and_reset(start, home, root, sendfile="off", master="off"):
    nginx = Nginx(start, home, root, sendfile=sendfile, master=master, options="http2 sndbuf=32k")
    with connect(nginx.address) as sock:
        client = Http2Client(sock)
        for number in range(ROUNDS):
            wanted = reset_while_blocked(client, nginx, number)
            assert digest(client.body(wanted)) == digest((root / "middle").read_bytes())
        assert client.body(client.ask("/small")) == SMALL
        assert digest(client.body(client.ask("/big"))) == digest((root / "big").read_bytes())
    return nginx


@pytest.mark.parametrize("guard", ["bare", "auto", "http2", "strict"], indirect=True)
@pytest.mark.parametrize("master", ["on", "off"], ids=["master", "no master"])
def test_streams_reset_while_nginx_is_blocked(master, guard, start, tmp_path, root):
    nginx = serve_and_reset(start, tmp_path / "nginx", root, master=master)
    nginx.assert_stopped_well()
    guard.assert_undisturbed(short_writes=True)


@pytest.mark.parametrize("guard", ["bare", "auto", "http2"], indirect=True)
def test_streams_reset_while_nginx_is_blocked_with_sendfile(guard, start, tmp_path, root):
    nginx = serve_and_reset(start, tmp_path / "nginx", root, sendfile="on")
    nginx.assert_stopped_well()
    guard.assert_undisturbed()


@pytest.mark.parametrize("guard", ["call, large window"], indirect=True)
def test_nginx_really_leaves_the_refused_tail(guard, start, tmp_path, root):
    """Proof that the tests above go through what they say: a guard that wants the refused tail of the whole call back, not
    only the rest of the frame, does refuse, and nginx gives the connection up."""
    nginx = Nginx(start, tmp_path / "nginx", root, options="http2 sndbuf=32k")
    with connect(nginx.address) as sock:
        client = Http2Client(sock)
        wanted = reset_while_blocked(client, nginx, 0)
        with pytest.raises(AssertionError, match="the server closed the connection"):
            client.body(wanted)
    nginx.assert_stopped_well(clients_vanished=True)
    guard.assert_poisoned_once()
