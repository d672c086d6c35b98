"""HOST PORT FILE: an alarm leaves rpyc's send of a message, which goes out in chunks of 64,000 bytes, and the program goes on
with its next message."""

import signal
import sys

from rpyc.core.channel import Channel
from rpyc.core.stream import SocketStream

host, port, path = sys.argv[1:]


class Alarm(Exception):
    pass


def leave(*_):
    raise Alarm


with open(path, "rb") as file:
    first = file.read()
channel = Channel(SocketStream.connect(host, int(port), timeout=60), compress=False)
signal.signal(signal.SIGALRM, leave)
signal.setitimer(signal.ITIMER_REAL, 0.4)
try:
    channel.send(first)
except Alarm:
    print("cut", flush=True)
try:
    channel.send(b"second")
    print("sent")
except EOFError as error:
    if not isinstance(error.args[0], BrokenPipeError):
        raise
    print("broken pipe")
