"""Syslog over TCP with counted bytes, RFC 6587."""

import functools
import pathlib
import socket
import tempfile

from ..tap import SECONDS, running
from . import Stream

SERIALIZER = "rsyslog (omfwd)"
PARSER = "the line feed in which rsyslog ends each message"

CONFIGURATION = """
module(load="imuxsock" SysSock.Use="off")
input(type="imuxsock" Socket="{directory}/log")
action(type="omfwd" Target="127.0.0.1" Port="{port}" Protocol="tcp" TCP_Framing="octet-counted"
       template="RSYSLOG_SyslogProtocol23Format")
"""
MESSAGES = ["short", "x" * 150, "one with\ttab", "the end"]


def say(path):
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as log:
        log.connect(path)
        for message in MESSAGES:
            log.send(b"<13>Nov 24 20:00:00 tag: " + message.encode())


@functools.cache
def forwarded():
    with tempfile.TemporaryDirectory() as directory, socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(SECONDS)
        log, configuration = f"{directory}/log", pathlib.Path(directory) / "rsyslog.conf"
        configuration.write_text(CONFIGURATION.format(directory=directory, port=listener.getsockname()[1]), encoding="ascii")
        with running(["rsyslogd", "-n", "-f", configuration, "-i", f"{directory}/pid"], pathlib.Path(log).exists):
            say(log)
            connection, _ = listener.accept()
            with connection:
                connection.settimeout(SECONDS)
                data = b""
                while MESSAGES[-1].encode() not in data:
                    data += connection.recv(1 << 16)
    return data


def streams():
    return [Stream("client", [forwarded()])]


def ends(stream):
    """Its template ends each message in a line feed, which none of the texts has; tshark knows no counted syslog."""
    return [at + 1 for at, byte in enumerate(stream.data) if byte == ord("\n")]


WRONG = {
    "no length": ("client", b"<13>1 text\n"),
    "a length that begins with 0": ("client", b"05 abcde"),
    "a length of 20 digits": ("client", b"12345678901234567890 a"),
    "another end of the length": ("client", b"5:abcde"),
}
