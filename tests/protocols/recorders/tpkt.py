"""TPKT, RFC 1006: what RDP, H.323 and S7 go over."""

import importlib.util
import itertools
import pathlib

from ..tshark import lengths
from . import Stream

SERIALIZER = "python3-impacket (rdp_check.py)"
PARSER = "tshark"
PORT = 102


def impacket_example():
    path = pathlib.Path("/usr/share/doc/python3-impacket/examples/rdp_check.py")
    spec = importlib.util.spec_from_file_location("rdp_check", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def written(code, answer):
    example = impacket_example()

    def packet(code, variable, user=b""):
        tpdu = example.TPDU()
        tpdu["Code"], tpdu["VariablePart"] = code, variable
        tpkt = example.TPKT()
        tpkt["TPDU"] = tpdu.getData() + user
        return tpkt.getData()

    data = 0xf0
    return [packet(code, b"\0\0\0\1\0"), packet(data, b"\x80", answer), packet(data, b"\x80"),
            packet(data, b"\0", answer * 3), packet(data, b"\x80", b"the end")]


def streams():
    return [Stream("client", written(0xe0, b"a question ")), Stream("server", written(0xd0, b"an answer "))]


def ends(stream):
    return list(itertools.accumulate(lengths(stream.data, PORT, "tpkt.length", stream.role == "server")))


WRONG = {
    "another version": ("client", b"\4\0\0\x08\3\xf0\x80a"),
    "the reserved byte": ("client", b"\3\1\0\x08\3\xf0\x80a"),
    "a packet shorter than its header": ("server", b"\3\0\0\3"),
}
