"""Cassandra's native protocol, versions 3 and 4."""

import io

import cassandra.protocol as protocol

from ..tshark import pdu_ends
from . import Stream

SERIALIZER = "python3-cassandra"
PARSER = "tshark"
PORT = 9042

SUPPORTED = b"\0\1\0\x0bCQL_VERSION\0\1\0\x053.4.5"
RESPONSE = 0x80


def written(version):
    messages = [protocol.OptionsMessage(), protocol.StartupMessage("3.4.5", {}), protocol.RegisterMessage(["TOPOLOGY_CHANGE"]),
                protocol.QueryMessage("SELECT * FROM a WHERE b = " + "1" * 70, 1), protocol.AuthResponseMessage(b"secret")]
    return [protocol.ProtocolHandler.encode_message(message, stream, version, None, False)
            for stream, message in enumerate(messages)]


def answer(version, stream, opcode, body):
    out = io.BytesIO()
    protocol.ProtocolHandler._write_header(out, version | RESPONSE, 0, stream, opcode, len(body))
    out.write(body)
    return out.getvalue()


def answered(version):
    """The library writes the header; there is no server in it."""
    answers = [(6, SUPPORTED), (2, b""), (8, b"\0\0\0\1"), (8, b"\0\0\0\3\0\1a"), (2, b"")]
    return [answer(version, stream, *each) for stream, each in enumerate(answers)]


def streams():
    return [Stream(role, make(version), f"version {version}")
            for version in (3, 4) for role, make in (("client", written), ("server", answered))]


def ends(stream):
    return pdu_ends(stream.data, PORT, "cql", stream.role == "server")


WRONG = {
    "another version": ("client", b"\x06\0\0\0\5\0\0\0\0"),
    "an opcode above all": ("server", b"\x84\0\0\0\x11\0\0\0\0"),
    "a body of more than 256 MB": ("client", b"\4\0\0\0\7\x10\0\0\1"),
}
