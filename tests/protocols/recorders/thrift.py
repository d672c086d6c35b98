"""Thrift, framed, and with the header that goes inside of a frame (THeader)."""

from thrift.protocol.TBinaryProtocol import TBinaryProtocol
from thrift.protocol.TCompactProtocol import TCompactProtocol
from thrift.protocol.THeaderProtocol import THeaderProtocol
from thrift.Thrift import TMessageType, TType
from thrift.transport.THeaderTransport import THeaderClientType, THeaderSubprotocolID, THeaderTransformID
from thrift.transport.TTransport import TFramedTransport, TTransportBase

from ..tshark import pdu_ends
from . import Stream

SERIALIZER = "python3-thrift"
PARSER = "tshark"
PORT = 9090

TEXTS = ["one", "", "a longer text " * 20, "four"]


class Pipe(TTransportBase):
    """What Thrift writes to a connection."""

    def __init__(self):
        self.writes = []

    def write(self, data):
        self.writes.append(bytes(data))

    def flush(self):
        pass


def framed(protocol_class):
    return lambda pipe: protocol_class(TFramedTransport(pipe))


def with_header(subprotocol, transform=None):
    def protocol_of(pipe):
        protocol = THeaderProtocol(pipe, [THeaderClientType.HEADERS], subprotocol)
        protocol.trans.set_header(b"a-key", b"a value")
        if transform is not None:
            protocol.trans.add_transform(transform)
        return protocol
    return protocol_of


PROTOCOLS = {
    "binary": framed(TBinaryProtocol),
    "compact": framed(TCompactProtocol),
    "THeader": with_header(THeaderSubprotocolID.BINARY),
    "THeader compact": with_header(THeaderSubprotocolID.COMPACT, THeaderTransformID.ZLIB),
}


def written(protocol_of, kind):
    pipe = Pipe()
    protocol = protocol_of(pipe)
    for number, text in enumerate(TEXTS):
        protocol.writeMessageBegin("a_method", kind, number)
        protocol.writeStructBegin("arguments")
        protocol.writeFieldBegin("text", TType.STRING, 1)
        protocol.writeString(text)
        protocol.writeFieldEnd()
        protocol.writeFieldStop()
        protocol.writeStructEnd()
        protocol.writeMessageEnd()
        protocol.trans.flush()
    return pipe.writes


def streams():
    return [Stream(role, written(protocol_of, kind), name) for name, protocol_of in PROTOCOLS.items()
            for role, kind in (("client", TMessageType.CALL), ("server", TMessageType.REPLY))]


def ends(stream):
    return pdu_ends(stream.data, PORT, "thrift", stream.role == "server")


WRONG = {
    "a binary message without a frame": ("client", b"\x80\1\0\1\0\0\0\1a"),
    "a compact message without a frame": ("server", b"\x82\x21\1\1a"),
    "HTTP": ("client", b"POST / HTTP/1.1\r\n"),
    "a message of 256 MiB": ("server", b"\x10\0\0\0"),
}
