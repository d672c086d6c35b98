"""curl uploads to a slow server."""

import ssl

import pytest

from .http1 import read_head
from .http2 import Http2Upload
from .slow_reader import SlowReader, accept, digest, drain, listen, wait_until_blocked

ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 7\r\nConnection: close\r\n\r\nthanks\n"


def curl(start, port, *more, scheme="http", small_send_buffer=True):
    return start("curl", "--silent", "--show-error", "--noproxy", "*", "--header", "Expect:", *more,
                 f"{scheme}://localhost:{port}/upload", small_send_buffer=small_send_buffer)


def receive_upload(connection, program, guard):
    wait_until_blocked(connection, program)
    guard.assert_loaded(program)
    status, fields = read_head(connection)
    assert status == "PUT /upload HTTP/1.1"
    body = drain(SlowReader(connection, program), int(fields["content-length"]))
    connection.sendall(ANSWER)
    return body


def test_curl_uploads_to_slow_server(guard, start, payload):
    with listen() as listener:
        program = curl(start, listener.getsockname()[1], "--http1.1", "--ipv4", "--upload-file", payload)
        with accept(listener) as connection:
            body = receive_upload(connection, program, guard)
            program.assert_ended_well()
    assert program.output() == "thanks\n"
    assert digest(body) == digest(payload.read_bytes())
    guard.assert_undisturbed(short_writes=True)


@pytest.mark.parametrize("guard", ["bare", "auto", "tls", "call"], indirect=True)
def test_curl_uploads_to_slow_tls_server(guard, start, payload, certificate):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    with listen() as listener:
        program = curl(start, listener.getsockname()[1], "--http1.1", "--ipv4", "--cacert", certificate,
                       "--upload-file", payload, scheme="https")
        with context.wrap_socket(accept(listener), server_side=True) as connection:
            body = receive_upload(connection, program, guard)
            program.assert_ended_well()
    assert program.output() == "thanks\n"
    assert digest(body) == digest(payload.read_bytes())
    guard.assert_undisturbed(short_writes=True)
    guard.assert_framed_as("call" if guard.name == "call" else "tls")


@pytest.mark.parametrize("guard", ["bare", "auto", "http2"], indirect=True)
def test_curl_uploads_to_slow_http2_server(guard, start, payload):
    """With its send buffer as it comes: curl 7.88 loses bytes of an HTTP/2 upload by itself when writes are cut short."""
    with listen() as listener:
        program = curl(start, listener.getsockname()[1], "--http2-prior-knowledge", "--ipv4", "--upload-file", payload,
                       small_send_buffer=False)
        with accept(listener) as connection:
            server = Http2Upload(connection)
            wait_until_blocked(connection, program)
            guard.assert_loaded(program)
            body = server.receive(b"thanks\n")
            program.assert_ended_well()
    assert program.output() == "thanks\n"
    assert digest(body) == digest(payload.read_bytes())
    guard.assert_undisturbed()
