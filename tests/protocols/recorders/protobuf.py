"""Messages of protocol buffers, each behind its length."""

import functools
import subprocess

from google.protobuf import struct_pb2
from google.protobuf.internal.decoder import _DecodeVarint32

from ..programs import SECONDS, built
from . import Stream

SERIALIZER = "libprotobuf-dev (SerializeDelimitedToOstream)"
PARSER = "python3-protobuf"

TEXTS = {"client": ["one", "", "x" * 130, "y" * 200, "four"], "server": ["", "an answer", "z" * 125, "last"]}
LONG = ["x" * 20000, "", "the last"]


@functools.cache
def program():
    return built("protobuf.cpp", "-lprotobuf", "-lstdc++")


def written(texts):
    return [subprocess.run([program(), *texts], check=True, capture_output=True, timeout=SECONDS).stdout]


def streams():
    return [*[Stream(role, written(texts)) for role, texts in TEXTS.items()],
            Stream("client", written(LONG), "long", in_matrix=False)]


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
