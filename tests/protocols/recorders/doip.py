"""Diagnostics over IP, ISO 13400-2."""

from scapy.contrib.automotive.doip import DoIP
from scapy.contrib.automotive.uds import UDS, UDS_DSC, UDS_RDBI

from ..tshark import pdu_ends
from . import Stream

SERIALIZER = "python3-scapy"
PARSER = "tshark"
PORT = 13400

DIAGNOSTIC, ACKNOWLEDGED, ACTIVATION, ACTIVATED, ALIVE = 0x8001, 0x8002, 5, 6, 7


def streams():
    return [
        Stream("client", [bytes(message) for message in (
            DoIP(payload_type=ACTIVATION, source_address=0xe00, activation_type=0),
            DoIP(payload_type=DIAGNOSTIC, source_address=0xe00, target_address=1) / UDS() / UDS_DSC(),
            DoIP(payload_type=DIAGNOSTIC, source_address=0xe00, target_address=1) / UDS() / UDS_RDBI(identifiers=[1, 2, 3] * 9),
            DoIP(payload_type=8, source_address=0xe00))]),
        Stream("server", [bytes(message) for message in (
            DoIP(payload_type=ACTIVATED, logical_address_tester=0xe00, logical_address_doip_entity=1),
            DoIP(payload_type=ACKNOWLEDGED, source_address=1, target_address=0xe00),
            DoIP(payload_type=ALIVE),
            DoIP(payload_type=DIAGNOSTIC, source_address=1, target_address=0xe00) / (b"\x62" + b"answer" * 9))])]


def ends(stream):
    return pdu_ends(stream.data, PORT, "doip", stream.role == "server")


WRONG = {
    "a version that is not inverted": ("client", b"\2\xfc\0\5\0\0\0\7"),
    "HTTP": ("server", b"HTTP/1.1 200 OK\r\n"),
}
