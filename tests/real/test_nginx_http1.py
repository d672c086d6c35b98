"""nginx serves static files over HTTP/1.1 to slow readers."""

import pytest

from .http1 import ask, read_body
from .nginx import Nginx
from .slow_reader import SlowReader, connect, digest, wait_until_blocked


@pytest.fixture(params=["on", "off"], ids=["sendfile", "no sendfile"])
def sendfile(request):
    return request.param


@pytest.mark.parametrize("master", ["on", "off"], ids=["master", "no master"])
def test_big_file_twice_on_one_connection(sendfile, master, guard, start, tmp_path, payload):
    nginx = Nginx(start, tmp_path / "nginx", payload.parent, sendfile=sendfile, master=master)
    with connect(nginx.address) as client:
        for _ in range(2):
            ask(client, f"/{payload.name}")
            wait_until_blocked(client, nginx.program)
            guard.assert_loaded(nginx.program)
            assert digest(read_body(SlowReader(client, nginx.program))) == digest(payload.read_bytes())
    nginx.assert_stopped_well()
    guard.assert_undisturbed(short_writes=sendfile == "off")


def test_client_on_the_fd_of_one_that_went_away(sendfile, guard, start, tmp_path, payload):
    nginx = Nginx(start, tmp_path / "nginx", payload.parent, sendfile=sendfile)
    for _ in range(3):
        with connect(nginx.address) as client:
            ask(client, f"/{payload.name}")
            wait_until_blocked(client, nginx.program)
    with connect(nginx.address) as client:
        ask(client, f"/{payload.name}", close=True)
        wait_until_blocked(client, nginx.program)
        assert digest(read_body(SlowReader(client, nginx.program))) == digest(payload.read_bytes())
    nginx.assert_stopped_well(clients_vanished=True)
    guard.assert_undisturbed(short_writes=sendfile == "off", allowed=["closed"])


def test_curl_downloads_from_nginx(sendfile, guard, start, tmp_path, payload):
    """Both ends guarded."""
    nginx = Nginx(start, tmp_path / "nginx", payload.parent, sendfile=sendfile, small_send_buffer=False)
    host, port = nginx.address
    curl = start("curl", "--silent", "--show-error", "--noproxy", "*", f"http://{host}:{port}/{payload.name}",
                 small_send_buffer=False)
    guard.assert_loaded(nginx.program)
    curl.assert_ended_well()
    assert digest(curl.output_path.read_bytes()) == digest(payload.read_bytes())
    nginx.assert_stopped_well()
    guard.assert_undisturbed()
