"""nginx over HTTP/2 cleartext with a client that resets streams while nginx is blocked. nginx then ends the frame that it
has half sent and drops the rest of what the kernel had refused: whole frames of a stream that nobody wants."""

import pytest

from .nginx import Nginx
from .resets import MIDDLE, reset_streams

OPTIONS = "http2 sndbuf=32k"


@pytest.fixture
def root(tmp_path, payload):
    directory = tmp_path / "root"
    directory.mkdir()
    (directory / "big").symlink_to(payload)
    (directory / "middle").write_bytes(payload.read_bytes()[:MIDDLE])
    return directory


@pytest.mark.parametrize("guard", ["bare", "auto", "http2", "strict"], indirect=True)
@pytest.mark.parametrize("master", ["on", "off"], ids=["master", "no master"])
def test_streams_reset_while_nginx_is_blocked(master, guard, start, tmp_path, root, payload):
    nginx = Nginx(start, tmp_path / "nginx", root, master=master, options=OPTIONS)
    reset_streams(nginx.address, nginx.program, payload.read_bytes())
    nginx.assert_stopped_well()
    guard.assert_undisturbed(short_writes=True)
    guard.assert_framed_as("http2")


@pytest.mark.parametrize("guard", ["bare", "auto", "http2"], indirect=True)
def test_streams_reset_while_nginx_is_blocked_with_sendfile(guard, start, tmp_path, root, payload):
    nginx = Nginx(start, tmp_path / "nginx", root, sendfile="on", options=OPTIONS)
    reset_streams(nginx.address, nginx.program, payload.read_bytes())
    nginx.assert_stopped_well()
    guard.assert_undisturbed()


@pytest.mark.parametrize("guard", ["call, large window"], indirect=True)
def test_nginx_really_leaves_the_refused_tail(guard, start, tmp_path, root, payload):
    """Proof that the tests above go through what they say: a guard that wants the refused tail of the whole call back, not
    only the rest of the frame, does refuse, and nginx gives the connection up."""
    nginx = Nginx(start, tmp_path / "nginx", root, options=OPTIONS)
    with pytest.raises((AssertionError, ConnectionError), match="closed the connection|reset by peer|Broken pipe"):
        reset_streams(nginx.address, nginx.program, payload.read_bytes())
    nginx.assert_stopped_well(clients_vanished=True)
    guard.assert_poisoned_once()
