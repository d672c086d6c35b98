"""D. J. Bernstein's netstrings."""

from twisted.internet.testing import StringTransport
from twisted.protocols.basic import NetstringReceiver

from . import Stream

SERIALIZER = "python3-twisted"
PARSER = "python3-twisted"


class Receiver(NetstringReceiver):
    def __init__(self):
        self.count = 0

    def stringReceived(self, string):
        self.count += 1


def written(texts):
    receiver, transport = Receiver(), StringTransport()
    receiver.makeConnection(transport)
    for text in texts:
        receiver.sendString(text)
    return [transport.value()]


def streams():
    return [Stream("client", written([b"one", b"", b"x" * 120, b"a,b:c", b"the end"])),
            Stream("server", written([b"", b"an answer", b"y" * 10, b"last"]))]


def ends(stream):
    receiver, found = Receiver(), []
    receiver.makeConnection(StringTransport())
    for at in range(len(stream.data)):
        before = receiver.count
        receiver.dataReceived(stream.data[at:at + 1])
        if receiver.count > before:
            found.append(at + 1)
    return found


WRONG = {
    "no length": ("client", b":abc,"),
    "a length that begins with 0": ("client", b"03:abc,"),
    "no comma": ("server", b"3:abc;"),
    "a letter in the length": ("server", b"1a:"),
    "a length of 20 digits": ("client", b"12345678901234567890:"),
}
