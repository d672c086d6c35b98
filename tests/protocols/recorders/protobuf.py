"""Messages of protocol buffers, each behind its length."""

import io

from google.protobuf import struct_pb2
from google.protobuf.internal.decoder import _DecodeVarint32
from google.protobuf.internal.encoder import _VarintBytes

from . import Stream

SERIALIZER = "python3-protobuf"
PARSER = "python3-protobuf"


def written(values):
    """As Java's writeDelimitedTo() does."""
    out = io.BytesIO()
    for value in values:
        message = struct_pb2.Value(string_value=value)
        out.write(_VarintBytes(message.ByteSize()))
        out.write(message.SerializeToString())
    return [out.getvalue()]


def streams():
    return [Stream("client", written(["one", "", "x" * 130, "y" * 200, "four"])), Stream("server", written(["", "an answer", "z" * 128, "last"]))]


def ends(stream):
    data, at, found = stream.data, 0, []
    while at < len(data):
        length, start = _DecodeVarint32(data, at)
        at = start + length
        struct_pb2.Value.FromString(data[start:at])
        found.append(at)
    return found


WRONG = {
    "a length of 6 bytes": ("client", b"\x80\x80\x80\x80\x80\1"),
    "a length of 33 bits": ("server", b"\x80\x80\x80\x80\x10"),
}
