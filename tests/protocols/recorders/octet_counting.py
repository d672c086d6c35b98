"""Syslog over TCP with counted bytes, RFC 6587."""

import functools
import pathlib
import socket
import tempfile

from ..tap import SECONDS, free_port, listens, running, tcp_tap
from . import Stream

SERIALIZER = "rsyslog (omfwd)"
PARSER = "rsyslog (imtcp)"

MESSAGES = ["short", "x" * 150, "one with\ttab", "of two\n5 lines", "the end"]
MARK = b"<what was received ends here>\n"
CONFIGURATION = """
global(parser.dropTrailingLFOnReception="off" parser.escapeControlCharactersOnReceive="off")
module(load="imuxsock" SysSock.Use="off")
module(load="imtcp")
template(name="marked" type="string" string="%rawmsg%{mark}")
ruleset(name="forward") {{
    action(type="omfwd" Target="127.0.0.1" Port="{tap}" Protocol="tcp" TCP_Framing="octet-counted"
           template="RSYSLOG_SyslogProtocol23Format")
}}
ruleset(name="show") {{
    action(type="omfwd" Target="127.0.0.1" Port="{shown}" Protocol="tcp" template="marked")
}}
input(type="imuxsock" Socket="{directory}/log" ruleset="forward")
input(type="imtcp" Address="127.0.0.1" Port="{port}" ruleset="show")
"""


def say(path):
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as log:
        log.connect(path)
        for message in MESSAGES:
            log.send(b"<13>Nov 24 20:00:00 tag: " + message.encode())


def read_marked(listener):
    connection, _ = listener.accept()
    with connection:
        connection.settimeout(SECONDS)
        data = b""
        while data.count(MARK) < len(MESSAGES):
            data += connection.recv(1 << 16)
    return data.split(MARK)[:-1]


@functools.cache
def recorded():
    """What rsyslog forwarded to itself, and the messages that it took it for."""
    port = free_port()
    listener = socket.create_server(("127.0.0.1", 0))
    with tempfile.TemporaryDirectory() as directory, listener, tcp_tap(port) as tap:
        listener.settimeout(SECONDS)
        log, configuration = pathlib.Path(directory) / "log", pathlib.Path(directory) / "rsyslog.conf"
        ports = {"tap": tap.listener.getsockname()[1], "shown": listener.getsockname()[1], "port": port}
        configuration.write_text(CONFIGURATION.format(directory=directory, mark=MARK.decode().strip(), **ports),
                                 encoding="ascii")
        with running(["rsyslogd", "-n", "-f", configuration, "-i", f"{directory}/pid"],
                     lambda: log.exists() and listens(port)):
            say(str(log))
            received = read_marked(listener)
    return b"".join(tap.client[0]), received


def streams():
    return [Stream("client", [recorded()[0]])]


def ends(stream):
    found = [0]
    for message in recorded()[1]:
        found.append(stream.data.index(message, found[-1]) + len(message))
    return found[1:]


WRONG = {
    "no length": ("client", b"<13>1 text\n"),
    "a length that begins with 0": ("client", b"05 abcde"),
    "a length of 20 digits": ("client", b"12345678901234567890 a"),
    "another end of the length": ("client", b"5:abcde"),
}
