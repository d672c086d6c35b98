"""MongoDB's wire protocol."""

import bson.codec_options
import pymongo.compression_support
import pymongo.message as message

from ..tshark import pdu_ends
from . import Stream

SERIALIZER = "python3-pymongo"
PARSER = "tshark"
PORT = 27017

OPTIONS = bson.codec_options.DEFAULT_CODEC_OPTIONS


def op_msg(document):
    return message._op_msg(0, document, "test", None, False, False, OPTIONS)[1]


def streams():
    commands = [{"hello": 1}, {"ping": 1}, {"insert": "a", "documents": [{"text": "x" * 90}]}, {"find": "a"}, {"ping": 2}]
    answers = [{"ok": 1, "n": n, "text": "y" * 40 * n} for n in range(4)]
    compressed = message._compress(2013, b"0" * 60, pymongo.compression_support.ZlibContext(6))[1]
    return [Stream("client", [compressed, *map(op_msg, commands)]), Stream("server", list(map(op_msg, answers)))]


def ends(stream):
    return pdu_ends(stream.data, PORT, "mongo", stream.role == "server")


WRONG = {
    "no opcode": ("client", b"\x15\0\0\0" + bytes(12)),
    "an opcode above all": ("server", b"\x15\0\0\0" + bytes(8) + b"\xde\7\0\0"),
    "a length below the header": ("client", b"\x0f\0\0\0" + bytes(8) + b"\xdd\7\0\0"),
    "HTTP": ("server", b"HTTP/1.1 200 OK\r\n"),
}
