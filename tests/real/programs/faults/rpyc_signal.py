"""HOST PORT FILE: a signal makes the program leave rpyc's send of a message, which goes out in chunks of 64,000 bytes,
and go on with its next message."""

import signal
import sys

from rpyc.core.channel import Channel
from rpyc.core.stream import SocketStream

host, port, path = sys.argv[1:]


class Left(Exception):
    pass


def leave(*_):
    raise Left


with open(path, "rb") as file:
    first = file.read()
channel = Channel(SocketStream.connect(host, int(port), timeout=60), compress=False)
signal.signal(signal.SIGUSR1, leave)
try:
    channel.send(first)
except Left:
    print("cut", flush=True)
try:
    channel.send(b"second")
    print("sent")
except EOFError as error:
    if not isinstance(error.args[0], BrokenPipeError):
        raise
    print("broken pipe")
