"""Sample streams for every framing: (framing, stream), whole messages and a cut one at the end."""

import struct

from .reference import PREFACE

TEXT = b"abcdefghijklmnopqrstuvwxyz" * 20


def prefixed(code, *lengths, extra=0):
    return b"".join(struct.pack(code, n + extra) + TEXT[:n] for n in lengths)


def http2_frame(kind, flags, stream, length):
    return length.to_bytes(3, "big") + struct.pack(">BBI", kind, flags, stream) + TEXT[:length]


SETTINGS = bytes.fromhex("00000c040000000000" "000300000064" "00040000ffff")
HTTP2 = (http2_frame(4, 1, 0, 0) + http2_frame(8, 0, 0, 4) + http2_frame(1, 4, 1, 20) + http2_frame(0, 0, 1, 30) +
         http2_frame(1, 0, 3, 10) + http2_frame(9, 0, 3, 0) + http2_frame(9, 4, 3, 7) + http2_frame(0, 1, 3, 0) +
         http2_frame(5, 0, 3, 5) + http2_frame(9, 4, 3, 1) + http2_frame(11, 0xff, 7, 3) + http2_frame(1, 0, 5, 4) +
         http2_frame(9, 4, 5, 9)[:-1])

SIGNATURE = b"\xff" + bytes(7) + b"\1\x7f"
GREETING_3 = SIGNATURE + b"\3\1" + b"NULL".ljust(20, b"\0") + bytes(32)
FRAMES_2 = (b"\4\5READY" b"\0\0" b"\1\2ab" b"\1\0" b"\4\3cmd" b"\0\1z"
            b"\2" + struct.pack(">Q", 300) + TEXT[:300] + b"\0\5abc")
FRAMES_1 = (b"\1\0" b"\3\1ab" b"\1\1" b"\2\0z"
            b"\xff" + struct.pack(">Q", 301) + b"\1" + TEXT[:300] + b"\1\0" + b"\5\0ab")
TLS = (b"\x16\3\1\0\x20\1\0\0\x1c" + TEXT[:28] + b"\x14\3\3\0\1\1" + b"\x17\3\3\0\0" + b"\x17\3\3\1\2" + TEXT[:258] +
       b"\x15\3\3\0\2\1\0" + b"\x18\3\3\0\3ab")

SAMPLES = [
    ("fixed(1)", b"abc"),
    ("fixed(7)", TEXT[:40]),
    ("fixed(1k)", TEXT[:400]),
    ("packet(1)", prefixed(">B", 0, 1, 2, 200, 0, 0, 30) + b"\5abcd"),
    ("packet(2)", prefixed(">H", 0, 3, 258, 0, 9) + b"\0\2a"),
    ("packet(4)", prefixed(">I", 0, 1, 60, 12, 0) + b"\0\0\0\1"),
    ("packet(8)", prefixed(">Q", 0, 3, 60, 1, 2) + bytes(7)),
    ("packet(-1)", prefixed("<B", 0, 1, 2) + b"\5abcd"),
    ("packet(-2)", prefixed("<H", 0, 3, 258, 0, 9) + b"\2\0a"),
    ("packet(-4)", prefixed("<I", 0, 1, 60, 12, 0) + b"\1\0\0\0"),
    ("packet(-8)", prefixed("<Q", 0, 3, 60, 1, 2) + bytes(7)),
    ("length-field(length=3)", b"\0\0\0" b"\0\0\2ab" b"\0\0\1c" b"\0\1\3" + TEXT[:259] + b"\0\0\1"),
    ("length-field(order=native)", prefixed("=I", 3, 0, 9)),
    ("length-field(offset=1,length=4,adjustment=-4)", b"Q\0\0\0\6ab" b"S\0\0\0\4" b"X\0\0\0\5a" b"d\0\0\0\5"),
    ("length-field(offset=16,length=2,adjustment=-18)", (b"\xff" * 16 + b"\0\x13\4") * 3 + b"\xff" * 17),
    ("length-field(lengthFieldOffset=2,lengthFieldLength=2,lengthAdjustment=2)",
     b"ab\0\1cde" b"ab\0\0cd" b"ab\0\5"),
    ("length-field(length_field_offset=40,length_field_length=1)",
     (TEXT[:40] + b"\3abc") * 2 + TEXT[:40] + b"\0" + TEXT[:9]),
    ("length-field(offset=1,length=3,mask=ffff,last=0x010000,adjustment=-4)",
     b"\0\0\0\6ab" b"\0\0\0\4" b"\0\1\0\5c" b"\0\1\0\4" b"\0\3\0\6de" b"\0\0\0\5x" b"\0\1\0\7a"),
    ("length-field(length=4,mask=7fffffff,last=80000000)",
     b"\x80\0\0\2ab" b"\0\0\0\1c" b"\0\0\0\0" b"\x80\0\0\0" b"\0\0\0\1d"),
    ("length-field(length=4,mask=ffffff)",
     b"\xaa\0\0\2ab" b"\1\0\0\0" b"\0\0\0\3abc" b"\xff\0\0\x20" + TEXT[:32] + b"\x80\0\0\1"),
    ("length-field(offset=2,length=2,order=le,mask=0fff)",
     b"xy\2\x50ab" b"xy\0\xf0" b"xy\x20\x10" + TEXT[:32] + b"xy\1\x10"),
    ("length-field(length=1,more=80,mask=7f)", b"\2ab" b"\x81c" b"\x80" b"\0" b"\x83abc" b"\1a" b"\x80"),
    ("length-field(length=3,adjustment=1,order=le,continue=3)",
     b"\2\0\0\0ab" b"\3\0\0\0abc" b"\3\0\0\1def" b"\0\0\0\2" b"\3\0\0\0a"),
    ("length-field(offset=4,length=2,adjustment=2,pad=6:1)",
     b"\1\5\0\1\0\3\5\0abcPPPPP" b"\1\5\0\1\0\0\0\0" b"\1\5\0\1\0\1\1\0aP" b"\1\5\0\1\0\1\3\0aP"),
    ("length-field(offset=3,length=4,adjustment=1,trailer=ce)",
     b"\1\0\0\0\0\0\2ab\xce" b"\10\0\0\0\0\0\0\xce" b"\3\0\1\0\0\0\3\xce\xce\xce\xce" b"\3\0\1\0\0\0\2\xce"),
    ("length-field(length=1,adjustment=4,trailer=0d0a0d0a)",
     b"\2ab\r\n\r\n" b"\0\r\n\r\n" b"\5ab\r\n\r\r\n\r\n" b"\1a\r\n\r"),
    ("length-field(offset=4,length=4,magic=0:02fd)",
     b"\2\xfd\0\1\0\0\0\3abc" b"\2\xfd\0\0\0\0\0\0" b"\2\xfd\0\1\0\0\0\1"),
    ("length-field(length=2,magic=5:4f4b)", b"\0\6abcOKd" b"\0\5...OK" b"\0\7ab"),
    ("length-field(length=2,max=12,offset=0)", b"\0\x0a" + TEXT[:10] + b"\0\0" + b"\0\2a"),
    ("line", b"one\n\ntwo\r\n\r\nthree"),
    (r"delimiter(\r\n)", b"one\r\n\r\ntwo\nthree\rfour\r\n\r"),
    (r"delimiter(\r\n|\n)", b"one\r\ntwo\n\n\r\n\rx"),
    (r"delimiter(\r\n\r\n)", b"a: b\r\nc: d\r\n\r\nx: y\r\n\r\n\r\n\r\n\r\n\r"),
    (r"delimiter(\0|\x3b|\))", b"a;b)c\0\0;d"),
    (r"delimiter(abcdefghijklmnopqrstuvwx|z)", TEXT[:24] + b"y" + TEXT[:23] + b"z" + TEXT[1:24] + b"a" + TEXT[:23]),
    ("delimiter(aba|bb|c)", b"ababababbbabcaabba" * 2 + b"ab"),
    (r"delimiter(--boundary|--boundary--)", b"a--boundary--boundary--b--bound--boundaryx"),
    ("varint32", b"\0\1a\x0aabcdefghij\x80\0\x81\x80\0b\x80\2" + TEXT[:256] + b"\x85"),
    ("varint32(offset=3)", b"xyz\0xyz\2abxyz\x80\1" + TEXT[:128] + b"xy"),
    ("varint32(offset=30)", TEXT[:30] + b"\2ab" + TEXT[:30] + b"\x81\0a" + TEXT[:29]),
    ("tls", TLS),
    ("http2", PREFACE + SETTINGS + HTTP2),
    ("http2", SETTINGS + HTTP2),
    ("http2", bytes.fromhex("000000040000000000") + HTTP2),
    ("zmtp", GREETING_3 + FRAMES_2),
    ("zmtp", SIGNATURE + b"\3\5" + b"\0\0" + FRAMES_2),
    ("zmtp", SIGNATURE + b"\3\5" + FRAMES_1),
    ("zmtp", SIGNATURE + FRAMES_1),
    ("zmtp", b"\xff" + struct.pack(">Q", 6) + b"\x7f" + b"ident" + FRAMES_1),
]

RECOGNISED = [(framing, stream) for framing, stream in SAMPLES if framing in ("tls", "http2", "zmtp")]
EXACT = [(framing, stream) for framing, stream in SAMPLES
         if framing != "line" and not framing.startswith("delimiter")]


def name(sample):
    framing, stream = sample
    return f"{framing}-{len(stream)}"
