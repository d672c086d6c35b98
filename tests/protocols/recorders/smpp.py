"""SMPP 3.4."""

from ..programs import written_by
from ..tshark import pdu_ends
from . import Stream

SERIALIZER = "libnet-smpp-perl"
PARSER = "tshark"
PORT = 2775


def streams():
    return [Stream(role, [written_by("perl", "smpp.pl", arguments=[role])]) for role in ("client", "server")]


def ends(stream):
    return pdu_ends(stream.data, PORT, "smpp", stream.role == "server")


WRONG = {
    "a PDU of more than 1 MiB": ("client", b"\0\x10\0\1\0\0\0\4" + bytes(8)),
    "a PDU shorter than its header": ("client", b"\0\0\0\x0f\0\0\0\1" + bytes(8)),
    "no command": ("client", b"\0\0\0\x10\0\1\0\0" + bytes(8)),
    "a command of another protocol": ("server", b"\0\0\0\x10\x41\0\0\1" + bytes(8)),
}
