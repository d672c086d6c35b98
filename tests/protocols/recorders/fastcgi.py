"""FastCGI."""

import functools
import os
import pathlib
import subprocess
import tempfile

from ..tap import SECONDS, listening, tcp_tap
from ..tshark import pdu_ends
from . import Stream

SERIALIZER = "libfcgi-bin (cgi-fcgi), php-cgi"
PARSER = "tshark"
PORT = 9000

SCRIPT = "<?php echo strlen(file_get_contents('php://input')), str_repeat('x', 77); error_log('said'); ?>"


def ask(port, script, body):
    environment = {"PATH": os.environ["PATH"], "REQUEST_METHOD": "POST", "SCRIPT_FILENAME": str(script), "CONTENT_TYPE": "a/b",
                   "CONTENT_LENGTH": str(len(body))}
    subprocess.run(["cgi-fcgi", "-bind", "-connect", f"127.0.0.1:{port}"], env=environment, input=body, check=True,
                   timeout=SECONDS, capture_output=True)


@functools.cache
def conversation():
    with tempfile.TemporaryDirectory() as directory, \
            listening(lambda port: ["php-cgi", "-n", "-b", f"127.0.0.1:{port}"],
                      env={"PATH": os.environ["PATH"], "PHP_FCGI_CHILDREN": "0"}) as port, tcp_tap(port) as tap:
        script = pathlib.Path(directory) / "script.php"
        script.write_text(SCRIPT, encoding="ascii")
        for body in (b"abc", b"", b"y" * 100):
            ask(tap.listener.getsockname()[1], script, body)
    return [b"".join(map(b"".join, side)) for side in (tap.client, tap.server)]


def streams():
    client, server = conversation()
    return [Stream("client", [client]), Stream("server", [server])]


def ends(stream):
    """tshark shows the padding outside of the record."""
    shown = pdu_ends(stream.data, PORT, "fcgi", stream.role == "server")
    return [end for end in shown if end <= len(stream.data)]


WRONG = {
    "another version": ("client", b"\2\1\0\1\0\0\0\0"),
    "record type 0": ("client", b"\1\0\0\1\0\0\0\0"),
    "a record type above all": ("server", b"\1\x0c\0\1\0\0\0\0"),
    "HTTP": ("server", b"HTTP/1.1 200 OK\r\n"),
}
