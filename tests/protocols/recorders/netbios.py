"""The session service that SMB goes over, RFC 1002."""

import socket

from impacket import nmb

from ..tshark import pdu_ends
from . import Stream

SERIALIZER = "python3-impacket"
PARSER = "tshark"
PORT = 139

NEGOTIATE = b"\xfeSMB" + b"\x40\0" + bytes(58) + b"\x24\0" + bytes(34)


def packet(kind, trailer=b""):
    made = nmb.NetBIOSSessionPacket()
    made.set_type(kind)
    made.set_trailer(trailer)
    return made.rawData()


def requested():
    """What a session's request looks like on the wire."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        ours.sendall(packet(nmb.NETBIOS_SESSION_POSITIVE_RESPONSE))
        nmb.NetBIOSTCPSession("CLIENT", "SERVER", "", sock=theirs)
        return ours.recv(1000)


def streams():
    messages = [packet(nmb.NETBIOS_SESSION_MESSAGE, NEGOTIATE), packet(nmb.NETBIOS_SESSION_KEEP_ALIVE),
                packet(nmb.NETBIOS_SESSION_MESSAGE, b"\xfeSMB" + bytes(20)),
                packet(nmb.NETBIOS_SESSION_MESSAGE, NEGOTIATE[:40])]
    return [Stream("client", [requested(), *messages]),
            Stream("server", [packet(nmb.NETBIOS_SESSION_POSITIVE_RESPONSE), *messages])]


def ends(stream):
    return pdu_ends(stream.data, PORT, "nbss", stream.role == "server")


WRONG = {
    "no type of packet": ("client", b"\1\0\0\4abcd"),
    "a type above all": ("server", b"\x86\0\0\0"),
    "HTTP": ("client", b"GET / HTTP/1.1\r\n"),
}
