"""Bitcoin's peer-to-peer protocol."""

import bitcoin
from bitcoin.core import CBlock
from bitcoin.messages import msg_addr, msg_getaddr, msg_inv, msg_ping, msg_pong, msg_verack, msg_version
from bitcoin.net import CAddress, CInv

from ..tshark import pdu_ends
from . import Stream

SERIALIZER = "python3-bitcoinlib"
PARSER = "tshark"
PORT = 8333


def inventory():
    message = msg_inv()
    for n in range(3):
        entry = CInv()
        entry.type, entry.hash = 1, bytes([n]) * 32
        message.inv.append(entry)
    return message


def addresses():
    message = msg_addr()
    message.addrs = [CAddress()]
    return message


def streams():
    bitcoin.SelectParams("mainnet")
    assert CBlock
    return [Stream("client", [message.to_bytes() for message in
                              (msg_version(), msg_verack(), msg_getaddr(), inventory(), msg_ping())]),
            Stream("server", [message.to_bytes() for message in
                              (msg_version(), msg_verack(), addresses(), msg_pong(), msg_ping())])]


def ends(stream):
    return pdu_ends(stream.data, PORT, "bitcoin", stream.role == "server")


MAGIC = b"\xf9\xbe\xb4\xd9"
WRONG = {
    "a command with a line end": ("client", MAGIC + b"get\r\ndata".ljust(12, b"\0") + bytes(8)),
    "a command behind zeros": ("client", MAGIC + b"ping\0pong".ljust(12, b"\0") + bytes(8)),
    "a command with DEL": ("server", MAGIC + b"ping\x7f".ljust(12, b"\0") + bytes(8)),
    "no command": ("server", MAGIC + bytes(20)),
    "a message of 1 GiB": ("server", MAGIC + b"block".ljust(12, b"\0") + b"\0\0\0\x40" + bytes(4)),
}
