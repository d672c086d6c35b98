"""Diameter, RFC 6733."""

from scapy.contrib.diameter import AVP, DiamAns, DiamReq

from ..tshark import pdu_ends
from . import Stream

SERIALIZER = "python3-scapy"
PARSER = "tshark"
PORT = 3868


def streams():
    identity = [AVP("Origin-Host", val="a.example"), AVP("Origin-Realm", val="example")]
    result = [AVP("Result-Code", val=2001)]
    return [
        Stream("client", [bytes(message) for message in (
            DiamReq("Capabilities-Exchange", drHbHId=1, drEtEId=1, avpList=identity),
            DiamReq("Device-Watchdog", drHbHId=2, drEtEId=2, avpList=[]),
            DiamReq("Device-Watchdog", drHbHId=3, drEtEId=3, avpList=identity),
            DiamReq("Disconnect-Peer", drHbHId=4, drEtEId=4, avpList=identity[:1]))]),
        Stream("server", [bytes(message) for message in (
            DiamAns("Capabilities-Exchange", drHbHId=1, drEtEId=1, avpList=result + identity),
            DiamAns("Device-Watchdog", drHbHId=2, drEtEId=2, avpList=result),
            DiamAns("Device-Watchdog", drHbHId=3, drEtEId=3, avpList=result + identity),
            DiamAns("Disconnect-Peer", drHbHId=4, drEtEId=4, avpList=result))])]


def ends(stream):
    return pdu_ends(stream.data, PORT, "diameter", stream.role == "server")


WRONG = {
    "another version": ("client", b"\2\0\0\x14\x80\0\1\1" + bytes(12)),
    "a length that is no multiple of 4": ("client", b"\1\0\0\x15\x80\0\1\1" + bytes(13)),
    "a message shorter than its header": ("server", b"\1\0\0\x10\x80\0\1\1" + bytes(12)),
}
