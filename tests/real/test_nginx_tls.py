"""nginx serves static files over TLS, with HTTP/1.1 and HTTP/2 inside, to slow readers."""

import ssl

import pytest

from .http1 import ask, read_body
from .nginx import Nginx
from .slow_reader import SlowReader, connect, digest, wait_until_blocked

pytestmark = pytest.mark.parametrize("guard", ["bare", "auto", "tls", "call"], indirect=True)


def test_big_file_twice_on_one_tls_connection(guard, start, tmp_path, payload, certificate):
    keys = f"ssl_certificate {certificate}; ssl_certificate_key {certificate};"
    nginx = Nginx(start, tmp_path / "nginx", payload.parent, options="ssl sndbuf=64k", more=keys)
    context = ssl.create_default_context(cafile=certificate)
    with context.wrap_socket(connect(nginx.address), server_hostname="localhost") as client:
        for _ in range(2):
            ask(client, f"/{payload.name}")
            wait_until_blocked(client, nginx.program)
            guard.assert_loaded(nginx.program)
            assert digest(read_body(SlowReader(client, nginx.program))) == digest(payload.read_bytes())
    nginx.assert_stopped_well()
    guard.assert_undisturbed(short_writes=True)
    guard.assert_framed_as("call" if guard.name == "call" else "tls")
