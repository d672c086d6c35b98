"""BGP-4, RFC 4271."""

from scapy.contrib.bgp import (BGPHeader, BGPKeepAlive, BGPNLRI_IPv4, BGPNotification, BGPOpen, BGPPathAttr, BGPPAOrigin,
                               BGPRouteRefresh, BGPUpdate)

from ..tshark import pdu_ends
from . import Stream

SERIALIZER = "python3-scapy"
PARSER = "tshark"
PORT = 179


def written(as_number):
    update = BGPUpdate(path_attr=[BGPPathAttr(type_flags="Transitive", type_code="ORIGIN", attribute=BGPPAOrigin())],
                       nlri=[BGPNLRI_IPv4(prefix=f"10.{n}.0.0/16") for n in range(20)])
    return [bytes(message) for message in (
        BGPHeader(type="OPEN") / BGPOpen(my_as=as_number, hold_time=90, bgp_id="10.0.0.1"),
        BGPHeader(type="KEEPALIVE") / BGPKeepAlive(),
        BGPHeader(type="UPDATE") / update,
        BGPHeader(type="KEEPALIVE") / BGPKeepAlive(),
        BGPHeader(type="ROUTE-REFRESH") / BGPRouteRefresh(),
        BGPHeader(type="NOTIFICATION") / BGPNotification(error_code="Cease"))]


def streams():
    return [Stream("client", written(65001)), Stream("server", written(65002))]


def ends(stream):
    return pdu_ends(stream.data, PORT, "bgp", server=stream.role == "server")


KEEPALIVE = b"\xff" * 16 + b"\0\x13\4"
WRONG = {
    "no marker": ("client", KEEPALIVE + b"\xff" * 15 + b"\xfe\0\x13\4"),
    "a length without room for the type": ("client", KEEPALIVE[:17] + b"\x12\4"),
    "no message type": ("server", KEEPALIVE[:18] + b"\0"),
    "a message type above all": ("server", KEEPALIVE[:18] + b"\7"),
}
