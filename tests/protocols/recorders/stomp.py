"""STOMP 1.0 and 1.2."""

import functools
import os
import re
import subprocess

os.environ["STOMP_SKIP_HOSTNAME_SCAN"] = "1"  # no questions to name servers
# pylint: disable=wrong-import-position
from stomp.protocol import Protocol12
from stomp.transport import BaseTransport
from stomp.utils import Frame, convert_frame

from ..programs import DIRECTORY
from ..start_lines import SEEN, between_header_lines
from ..tap import SECONDS, listening, run, tcp_tap
from . import Stream

SERIALIZER = "python3-stomp, libnet-stomp-perl and stompserver"
PARSER = "python3-stomp and stompserver"


COMMANDS = (b"CONNECT STOMP SEND SUBSCRIBE UNSUBSCRIBE ACK NACK BEGIN COMMIT ABORT DISCONNECT "
            b"CONNECTED MESSAGE RECEIPT ERROR").split()
COMMAND_LINE = re.compile(rb"(?:%s)\r?\n" % b"|".join(COMMANDS))


class Transport(BaseTransport):
    """Keeps what stomp.py sends; lets it read byte by byte."""

    def __init__(self, data=b""):
        super().__init__()
        self.current_host_and_port, self.vhost = ("there", 61613), None
        self.data, self.at, self.sent, self.running = data, 0, [], True

    def send(self, encoded_frame):
        self.sent.append(encoded_frame)

    def receive(self):
        self.at += 1
        return self.data[self.at - 1:self.at]

    def read(self):
        """The frames, or a heart-beat, that end in the next bytes."""
        return self._BaseTransport__read()


def client():
    transport = Transport()
    protocol = Protocol12(transport)
    protocol.connect("me", "secret")
    protocol.subscribe("/queue/a", id=1, ack="client-individual")
    protocol.send("/queue/a", "one", key="a\nb:c\\d")
    transport.transmit(Frame(None, {}, None))
    protocol.send("/queue/a", b"SEND\n\n\0\0\n")
    protocol.begin("first")
    protocol.send("/queue/a", "", transaction="first")
    protocol.auto_content_length = False
    protocol.send("/queue/a", "Gr\u00fc\u00dfe\r\n\nof unknown length", transaction="first")
    protocol.ack("5", "first")
    protocol.nack("6")
    protocol.commit("first")
    protocol.begin("second")
    protocol.abort("second")
    transport.transmit(Frame(None, {}, None))
    transport.transmit(Frame(None, {}, None))
    protocol.unsubscribe(id=1)
    return transport.sent


SERVER = [
    Frame("CONNECTED", {"version": "1.2", "heart-beat": "0,0", "session": "7"}, None),
    Frame("MESSAGE", {"subscription": "1", "message-id": "5", "destination": "/queue/a", "content-length": 0}, "one"),
    Frame(None, {}, None),
    Frame("MESSAGE", {"message-id": "6", "destination": "/queue/a", "content-length": 0}, "MESSAGE\n\n\0\n\0"),
    Frame("MESSAGE", {"message-id": ("7", "8"), "destination": "/queue/a"}, "no length"),
    Frame("RECEIPT", {"receipt-id": "bye"}, None),
    Frame("ERROR", {"message": "no such thing", "content-length": 0}, "The frame:\n-----\nSEND\n-----\n"),
]


@functools.cache
def conversation():
    with listening(lambda port: ["ruby", DIRECTORY / "stompserver.rb", port]) as port, tcp_tap(port) as tap:
        run(["perl", DIRECTORY / "stomp.pl", tap.listener.getsockname()[1]])
    return tap.client[0], tap.server[0]


def streams():
    """What ends the server's side is an ordinary message, without the line end behind it."""
    from_client, from_server = conversation()
    server = [b"".join(convert_frame(frame)) for frame in SERVER]
    return [Stream("client", client(), "1.2"), Stream("server", server, "1.2"),
            Stream("client", from_client, "1.0"), Stream("server", [b"".join(from_server).rstrip()], "1.0")]


def by_stompserver(data):
    """Of frames only."""
    done = subprocess.run(["ruby", DIRECTORY / "stomp_boundaries.rb"], input=data, capture_output=True, check=True,
                          timeout=SECONDS)
    return list(map(int, done.stdout.split()))


def by_stomp_py(data):
    """Of frames, and of heart-beats."""
    transport, frames, beats = Transport(data), [], []
    while transport.at < len(data):
        for frame in transport.read():
            (beats if frame == b"\n" else frames).append(transport.at)
    return frames, beats


def ends(stream):
    frames, beats = by_stomp_py(stream.data)
    assert frames == by_stompserver(stream.data)
    return sorted(frames + beats)


def proves(sent, offered):
    return bool(between_header_lines(sent) and COMMAND_LINE.match(offered[:SEEN]))


WRONG = {
    "an HTTP request": ("client", b"GET / HTTP/1.1\r\n\r\n"),
    "a command that is none": ("client", b"SENT\n\n\0"),
    "a command in small letters": ("client", b"send\n\n\0"),
    "a command that is too long": ("server", b"UNSUBSCRIBED\n"),
    "the beginning of a command": ("server", b"CONNEC\n"),
    "no command": ("client", b"\n\n\0"),
    "a carriage return in the command": ("client", b"SEND\rdestination:a\n\n\0"),
    "a header without a colon": ("client", b"SEND\ndestination\n\n\0"),
    "a header without a name": ("client", b"SEND\n:a\n\n\0"),
    "an empty line that is none": ("server", b"RECEIPT\n\r\r\n\0"),
    "a length that is no number": ("server", b"MESSAGE\ncontent-length:1a\n\n"),
    "a length of 20 digits": ("server", b"MESSAGE\ncontent-length:12345678901234567890\n\n"),
    "a body that is longer than its length": ("client", b"SEND\ncontent-length:3\n\nabcd"),
    "a line end that is none": ("server", b"RECEIPT\n\n\0\r\rRECEIPT\n\n\0"),
    "something between frames": ("client", b"SEND\n\na\0 SEND\n\n\0"),
}
