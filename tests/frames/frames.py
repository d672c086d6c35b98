"""A frame of 64 bytes for every preset, and what has to come before the first one.

Frame.payload(n) is the same kind of frame with n more bytes of payload, where a length says how many there are."""

import io
import os
import pathlib
import re
import struct
import subprocess
import tempfile
from typing import NamedTuple, Optional

from cassandra.connection import segment_codec_no_compression

BUILD = pathlib.Path(os.environ.get("SHIM_BUILD") or pathlib.Path(__file__).resolve().parents[2] / "build").resolve()
SECONDS = 120
FRAME = 64

LENGTH_FIELD_INSTRUCTIONS, MACHINE_INSTRUCTIONS = 400, 2000
LENGTH_FIELD_GBS, MACHINE_GBS = 1.0, 0.3


class Frame(NamedTuple):
    make: object  # n bytes of payload -> frame
    prologue: bytes = b""
    is_machine: bool = False  # a state machine, not a length field
    is_counted: bool = True  # the length of the payload is known before it: it is not looked at
    server: bool = False

    def of(self, length):
        """The frame with that many bytes, or one or two more or less where a length in digits grew."""
        payload = length
        while len(self.make(payload)) > length:
            payload -= 1
        return self.make(payload)


def prefixed(code, head=b"", extra=0, tail=b""):
    """head, length of payload + extra, payload, tail"""
    return lambda n: head + struct.pack(code, n + extra) + bytes(n) + tail


def text(form):
    """A line or the like, with x for payload: {n} is its length, {x} the payload."""
    return lambda n: form.format(n=n, x="x" * n).encode()


def varint(n):
    return bytes([n & 0x7f | 0x80, *varint(n >> 7)]) if n > 0x7f else bytes([n])


def websocket(n):
    length = bytes([0x80 | n]) if n < 126 else b"\xfe" + struct.pack(">H", n) if n < 65536 else b"\xff" + struct.pack(">Q", n)
    return b"\x82" + length + bytes(4 + n)


def ber(n):
    length = bytes([n]) if n < 128 else b"\x83" + n.to_bytes(3, "big")
    return b"\x30" + length + bytes(n)


def ldap(n):
    return ber(n)[:-n] + b"\2\1\1\x42" + bytes(n - 4) if n > 4 else ber(n)


def zmtp(n):
    return (b"\0" + bytes([n]) if n < 256 else b"\2" + struct.pack(">Q", n)) + bytes(n)


def cql5(n):
    out = io.BytesIO()
    segment_codec_no_compression.encode(out, bytes(n))
    return out.getvalue()


HTTP2_START = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" b"\0\0\0\4\0\0\0\0\0"
ZMTP_START = b"\xff" + bytes(8) + b"\x7f\3\0" + b"NULL".ljust(20, b"\0") + bytes(32)
POSTGRES_START = b"\0\0\0\x11\0\3\0\0user\0me\0\0"

FRAMES = {
    "packet(4)": Frame(prefixed(">I")),
    "kafka": Frame(prefixed(">I")),
    "thrift": Frame(prefixed(">I")),
    "ssh-agent": Frame(prefixed(">I")),
    "dns": Frame(prefixed(">H")),
    "smpp": Frame(lambda n: struct.pack(">IIII", 16 + n, 4, 0, 1) + bytes(n)),
    "modbus": Frame(prefixed(">H", b"\0\1\0\0")),
    "doip": Frame(prefixed(">I", b"\2\xfd\x80\1")),
    "bgp": Frame(lambda n: b"\xff" * 16 + struct.pack(">HB", 19 + n, 2) + bytes(n)),
    "diameter": Frame(lambda n: struct.pack(">II", 1 << 24 | (20 + n & ~3), 0x80000101) + bytes(12 + (n & ~3))),
    "tpkt": Frame(prefixed(">H", b"\3\0", 4)),
    "netbios": Frame(prefixed(">I")),
    "bitcoin": Frame(lambda n: b"\xf9\xbe\xb4\xd9" + b"ping".ljust(12, b"\0") + struct.pack("<I", n) + bytes(4 + n)),
    "memcached-binary": Frame(lambda n: b"\x80\1" + bytes(6) + struct.pack(">I", n) + bytes(12 + n)),
    "mongodb": Frame(lambda n: struct.pack("<IIII", 16 + n, 1, 0, 2013) + bytes(n)),
    "cql4": Frame(prefixed(">I", b"\4\0\0\0\7")),
    "tds": Frame(lambda n: b"\1\1" + struct.pack(">H", 8 + n) + b"\0\0\1\0" + bytes(n)),
    "sunrpc": Frame(lambda n: struct.pack(">I", 1 << 31 | n) + bytes(n)),
    "fastcgi": Frame(lambda n: b"\1\5\0\1" + struct.pack(">H", n) + b"\0\0" + bytes(n)),
    "amqp1": Frame(lambda n: struct.pack(">IBBH", 8 + n, 2, 0, 0) + bytes(n), b"AMQP\0\1\0\0", True),
    "tls": Frame(prefixed(">H", b"\x17\3\3")),
    "protobuf": Frame(lambda n: varint(n) + bytes(n), is_machine=True),
    "varint32": Frame(lambda n: varint(n) + bytes(n), is_machine=True),
    "mqtt": Frame(lambda n: b"\x30" + varint(n) + bytes(n), b"\x10\x0c\0\4MQTT\4\2\0\x3c\0\0", True),
    "giop": Frame(prefixed("<I", b"GIOP\1\2\1\0"), is_machine=True),
    "mysql": Frame(lambda n: n.to_bytes(3, "little") + b"\0" + bytes(n), b"\x20\0\0\1" + bytes(32), True),
    "postgres": Frame(prefixed(">I", b"Q", 4), POSTGRES_START, True),
    "cql5": Frame(cql5, b"\5\0\0\0\1\0\0\0\2\0\0", is_machine=True),
    "amqp": Frame(lambda n: b"\1\0\1" + struct.pack(">I", 4 + n) + b"\0\x3c\0\x50" + bytes(n) + b"\xce",
                  b"AMQP\0\0\x09\1" b"\1\0\0\0\0\0\4\0\x0a\0\x0b\xce", True),
    "http2": Frame(lambda n: n.to_bytes(3, "big") + bytes(2) + b"\0\0\0\1" + bytes(n), HTTP2_START, True),
    "zmtp": Frame(zmtp, ZMTP_START, True),
    "websocket": Frame(websocket, is_machine=True),
    "asn1": Frame(ber, is_machine=True),
    "ldap": Frame(ldap, is_machine=True),
    "redis": Frame(text("*2\r\n$3\r\nGET\r\n${n}\r\n{x}\r\n"), is_machine=True),
    "http1": Frame(text("POST /a HTTP/1.1\r\nContent-Length: {n}\r\n\r\n{x}"), is_machine=True),
    "memcached": Frame(text("set key 0 0 {n}\r\n{x}\r\n"), is_machine=True),
    "nats": Frame(text("PUB a {n}\r\n{x}\r\n"), is_machine=True),
    "stomp": Frame(text("SEND\ncontent-length:{n}\n\n{x}\0"), is_machine=True),
    "content-length": Frame(text("Content-Length: {n}\r\n\r\n{x}"), is_machine=True),
    "sip": Frame(text("INFO sip:a SIP/2.0\r\nContent-Length: {n}\r\n\r\n{x}"), is_machine=True),
    "octet-counting": Frame(text("{n} {x}"), is_machine=True),
    "netstring": Frame(text("{n}:{x},"), is_machine=True),
    "smtp": Frame(text("NOOP {x}\r\n"), is_machine=True, is_counted=False),
    "imap": Frame(text("a LOGIN {x}\r\n"), is_machine=True, is_counted=False),
    "dbus": Frame(lambda n: b"l\1\0\1" + struct.pack("<III", n, 1, 0) + bytes(n), b"\0AUTH EXTERNAL 30\r\nBEGIN\r\n", True),
    "line": Frame(text("{x}\n"), is_counted=False),
}

# What has no frames of its own.
WITHOUT = {"auto", "call", "explicit", "off"}


def presets():
    source = pathlib.Path(__file__).resolve().parents[2] / "shim/framing/presets.c"
    return set(re.findall(r'\.name = "([a-z0-9-]+)"', source.read_text(encoding="ascii")))


def known():
    """The frames of the presets that there are, and of packet(4)."""
    return {name: frame for name, frame in FRAMES.items() if name in presets() or "(" in name}


def run(name, frame, length, rounds, *before):
    argv = [*before, BUILD / "frames", name, "server" if frame.server else "client", frame.prologue.hex(),
            frame.of(length).hex(), str(rounds)]
    count, speed = subprocess.run(argv, check=True, capture_output=True, text=True, timeout=SECONDS).stdout.split()
    return int(count), float(speed)


def gigabytes_a_second(name, frame, rounds=50):
    return run(name, frame, FRAME, rounds)[1]


def instructions(name, frame, length):
    """Of one frame of that length, by callgrind."""
    with tempfile.TemporaryDirectory() as directory:
        out = pathlib.Path(directory) / "callgrind"
        count, _ = run(name, frame, length, 1, "valgrind", "-q", "--tool=callgrind", "--toggle-collect=counted_frames",
                       f"--callgrind-out-file={out}")
        counted = out.read_text(encoding="utf-8", errors="replace")
    return int(re.search(r"^(?:summary|totals): (\d+)", counted, re.MULTILINE)[1]) / count


def budget(frame) -> Optional[float]:
    return MACHINE_GBS if frame.is_machine else LENGTH_FIELD_GBS
