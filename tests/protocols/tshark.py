"""What tshark finds in one side of a TCP connection."""

import pathlib
import struct
import subprocess
import tempfile
import xml.etree.ElementTree

SECONDS = 60
SEGMENT = 60000
ETHERNET, IP_HEADER, TCP_HEADER = 14, 20, 20
OTHER_PORT = 50505


def checksum_free_packet(source, destination, sequence, payload):
    ip = struct.pack(">BBHHHBBH4s4s", 0x45, 0, IP_HEADER + TCP_HEADER + len(payload), 1, 0x4000, 64, 6, 0,
                     *(b"\x7f\0\0" + (b"\1" if end == OTHER_PORT else b"\2") for end in (source, destination)))
    tcp = struct.pack(">HHIIBBHHH", source, destination, sequence, 1, TCP_HEADER // 4 << 4, 0x18, 65535, 0, 0)
    return bytes(12) + b"\x08\0" + ip + tcp + payload


def segments(data, source, destination, sent=0):
    return [checksum_free_packet(source, destination, 1 + sent + at, data[at:at + SEGMENT])
            for at in range(0, len(data), SEGMENT)]


def conversation(pieces, port):
    """A capture file with pieces, each (is it the server's?, data), in as few segments as possible."""
    packets, sent = [], {True: 0, False: 0}
    for server, data in pieces:
        packets += segments(data, *((port, OTHER_PORT) if server else (OTHER_PORT, port)), sent[server])
        sent[server] += len(data)
    head = struct.pack("<IHHiIII", 0xa1b2c3d4, 2, 4, 0, 0, 1 << 18, 1)
    return head + b"".join(struct.pack("<IIII", n, 0, len(packet), len(packet)) + packet
                           for n, packet in enumerate(packets))


def run_conversation(pieces, port, *arguments):
    with tempfile.TemporaryDirectory() as directory:
        path = pathlib.Path(directory) / "stream.pcap"
        path.write_bytes(conversation(pieces, port))
        return subprocess.run(["tshark", "-n", "-r", path, "-o", "tcp.check_checksum:FALSE", *arguments], check=True,
                              capture_output=True, timeout=SECONDS).stdout


def run(data, port, server, *arguments, asked=b""):
    """Of what one side sent behind what the other side `asked`."""
    return run_conversation([(not server, asked), (server, data)], port, *arguments)


def pdus(data, port, protocol, server=False, *arguments):
    """Each `protocol` item that tshark shows in the first segment; all of `data` must fit there."""
    assert len(data) <= SEGMENT
    decode = ("-d", f"tcp.port=={port},{arguments[0] if arguments else protocol}")
    document = xml.etree.ElementTree.fromstring(run(data, port, server, *decode, *arguments[1:], "-T", "pdml"))
    return [item for item in document.iter("proto") if item.get("name") == protocol]


def end_of(item):
    return int(item.get("pos")) + int(item.get("size")) - ETHERNET - IP_HEADER - TCP_HEADER


def pdu_ends(data, port, protocol, server=False, *arguments):
    """Offsets behind each of them."""
    return [end_of(item) for item in pdus(data, port, protocol, server, *arguments)]


def lengths(data, port, field, server=False, decode=None, options=(), asked=b""):
    """The values of a field that tshark shows, in the order of the packets."""
    only = ("-Y", f"tcp.{'src' if server else 'dst'}port == {port}")
    known = ("-d", f"tcp.port=={port},{decode}") if decode else ()
    out = run(data, port, server, *known, *options, *only, "-T", "fields", "-e", field, asked=asked)
    return [int(value) for value in out.replace(b"\n", b",").split(b",") if value.strip()]
