"""Sample streams: for every framing several whole messages, 100 to 300 bytes together, and one more message that a
program could send instead of finishing a cut one.

Payloads are text of changing letters, so that the rest of a message seldom begins like another message; where it
does, the model says what must happen."""

import importlib
from collections import namedtuple

from protocols import samples as recorded
from protocols.recorders import http2 as http2_recorder

Sample = namedtuple("Sample", "name framing protocol window settings messages other proves frames", defaults=(None, None))
"""`framing` as configured, `protocol` what it amounts to on these bytes (the name of a parser, or all the messages that
there are), `window` bytes of a tail that are compared, `settings` further configuration; for the others see Model."""

CALL_WINDOW, WINDOW = 16, 4096

TEXT = bytes(range(0x61, 0x7b)) + b"0123456789+/" + bytes(range(0x41, 0x5b))


def text(length, start):
    """`length` bytes that say where they are: the n-th of them is the (start + n)-th of a fixed sequence."""
    return (TEXT * (2 + (start + length) // len(TEXT)))[start:start + length]


def payloads(*lengths):
    """Payloads of these lengths, none of which begins as another ends."""
    return [text(length, 7 * n) for n, length in enumerate(lengths)]


def sample(name, messages, protocol=None, framing=None, window=WINDOW, settings=None):
    *stream, other = messages
    protocol = protocol or name
    return Sample(name, framing or protocol, protocol, window, settings or {}, tuple(stream), other)


def with_window(window, original):
    return original._replace(name=f"{original.name} window {window}", window=window,
                             settings={"POISONSHIM_WINDOW": str(window)})


def packet(length, order="big", most=70):
    return [len(p).to_bytes(length, order) + p for p in payloads(40, 0, 1, most, 25, 33)]


def postgres():
    return [letter + (len(p) + 4).to_bytes(4, "big") + p
            for letter, p in zip([b"Q", b"P", b"B", b"E", b"S", b"Q"], payloads(45, 20, 31, 9, 0, 38))]


def mongodb():
    return [(len(p) + 4).to_bytes(4, "little") + p for p in payloads(50, 12, 0, 64, 29, 40)]


def record_marking(lengths):
    """SunRPC: bit 31 marks the last fragment of a message."""
    parts = payloads(*lengths)
    return b"".join((len(p) | (i == len(parts) - 1) << 31).to_bytes(4, "big") + p for i, p in enumerate(parts))


def continued(lengths):
    """MySQL's rule on a small scale: a frame of exactly 20 bytes goes on in the next, which may be empty."""
    return b"".join(len(p).to_bytes(3, "little") + bytes([n]) + p for n, p in enumerate(payloads(*lengths)))


def fastcgi(payload, padding):
    header = bytes([1, 5, 0, 1]) + len(payload).to_bytes(2, "big") + bytes([padding, 0])
    return header + payload + b"~" * padding


def amqp(kind, channel, payload):
    return bytes([kind]) + channel.to_bytes(2, "big") + len(payload).to_bytes(4, "big") + payload + b"\xce"


def doip(payload):
    return b"\x02\xfd" + b"\x80\x01" + len(payload).to_bytes(4, "big") + payload


def tds(payload, last):
    return bytes([1, last]) + (len(payload) + 8).to_bytes(2, "big") + bytes([0, 51, 1, 0]) + payload


def varint(value):
    low, rest = value & 0x7f, value >> 7
    return bytes([low | 0x80]) + varint(rest) if rest else bytes([low])


def tls_record(kind, version, payload):
    return bytes([kind, 3, version]) + len(payload).to_bytes(2, "big") + payload


def tls():
    kinds = [(22, 1), (22, 3), (20, 3), (22, 3), (23, 3), (23, 3), (21, 3)]
    hello, *rest = payloads(58, 30, 1, 20, 55, 24, 37)
    return [tls_record(*kind, p) for kind, p in zip(kinds, [b"\1\0\0\x36" + hello[4:], *rest])]


HTTP2_PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
DATA, HEADERS, SETTINGS, PING, CONTINUATION = 0, 1, 4, 6, 9
END_STREAM, END_HEADERS = 1, 4


def http2_frame(kind, flags, stream, payload):
    return len(payload).to_bytes(3, "big") + bytes([kind, flags]) + stream.to_bytes(4, "big") + payload


def http2(start):
    one, two, three, four, five = payloads(31, 18, 12, 40, 26)
    return [*start,
            http2_frame(HEADERS, END_STREAM | END_HEADERS, 1, one),
            http2_frame(HEADERS, 0, 3, two) + http2_frame(CONTINUATION, 0, 3, three) +
            http2_frame(CONTINUATION, END_HEADERS, 3, b"zz"),
            http2_frame(DATA, 0, 3, four),
            http2_frame(SETTINGS, 1, 0, b""),
            http2_frame(DATA, END_STREAM, 3, five),
            http2_frame(PING, 0, 0, b"pingpong")]


SETTINGS_FRAME = http2_frame(SETTINGS, 0, 0, bytes([0, 3, 0, 0, 0, 100]))

MORE, LONG, COMMAND = 1, 2, 4


def zmtp_frame(flags, payload):
    length = len(payload).to_bytes(8 if flags & LONG else 1, "big")
    return bytes([flags]) + length + payload


def zmtp():
    greeting = b"\xff" + bytes(8) + b"\x7f\x03\x00" + b"NULL".ljust(20, b"\0") + bytes(32)
    one, two, three, four, five, six = payloads(26, 10, 30, 24, 0, 35)
    return [greeting,
            zmtp_frame(COMMAND, one),
            zmtp_frame(MORE, two) + zmtp_frame(MORE, b"") + zmtp_frame(0, three),
            zmtp_frame(LONG, four),
            zmtp_frame(0, five),
            zmtp_frame(0, six)]


def lines(end):
    return [p + end for p in (b"SET first value", b"", b"GET a", text(60, 3), b"QUIT now, please", b"PING me again")]


CALL = sample("call", payloads(60, 1, 33, 90, 17, 41), window=CALL_WINDOW)
PACKET = sample("packet(4)", packet(4))

SAMPLES = [
    CALL, *[with_window(window, CALL) for window in (1, 15, 64)],
    PACKET, *[with_window(window, PACKET) for window in (1, 16, 17)],
    sample("messages longer than the window", packet(4, most=9000), "packet(4)"),
    *[sample(f"packet({n})", packet(n)) for n in (1, 2, 8)],
    *[sample(f"packet(-{n})", packet(n, "little")) for n in (2, 4)],
    sample("postgres", postgres(), "length-field(offset=1,length=4,adjustment=-4)"),
    sample("mongodb", mongodb(), "length-field(offset=0,length=4,adjustment=-4,order=le)"),
    sample("sunrpc", [record_marking(lengths) for lengths in ((40,), (20, 0, 15), (30, 1), (0,), (50,), (36,))],
           "length-field(offset=0,length=4,mask=7fffffff,last=80000000)"),
    sample("mysql", [continued(lengths) for lengths in ((35,), (20, 20, 7), (20, 0), (1,), (48,), (39,))],
           "length-field(offset=0,length=3,order=le,adjustment=1,continue=20)"),
    sample("fastcgi", [fastcgi(p, pad) for p, pad in zip(payloads(33, 40, 0, 21, 50, 27), (7, 0, 8, 3, 1, 5))],
           "length-field(offset=4,length=2,adjustment=2,pad=6:1)"),
    sample("amqp", [amqp(kind, 1, p) for kind, p in zip((1, 2, 3, 3, 8, 1), payloads(44, 20, 60, 1, 0, 35))],
           "length-field(offset=3,length=4,adjustment=1,trailer=ce)"),
    sample("doip", [doip(p) for p in payloads(30, 0, 45, 22, 61)],
           "length-field(offset=4,length=4,magic=0:02fd)"),
    sample("fixed(16)", payloads(*[16] * 9)),
    sample("fixed(53)", payloads(*[53] * 5)),
    sample("line", lines(b"\n")),
    sample("crlf", lines(b"\r\n"), r"delimiter(\r\n)"),
    sample("nul or semicolon", [b"first;", b"second\0", b"\0", text(50, 5) + b";", text(40, 9) + b"\0", b"sixth;"],
           r"delimiter(\0|\;)"),
    sample("overlapping", [b"1aab2aac", text(30, 4).replace(b"aac", b"") + b"aaaac", b"aac", b"aabaaabaac",
                           text(44, 30) + b"aac", b"1more aac"], "delimiter(aac)"),
    sample("suffix of another", [b"one--", b"two\n--", b"\n--", text(40, 2) + b"--", b"five-\n--", b"six--"],
           r"delimiter(\n--|--)"),
    sample("varint32", [varint(len(p)) + p for p in payloads(40, 0, 1, 140, 33, 129)]),
    sample("varint32(offset=2)", [b"%c:" % (65 + n) + varint(len(p)) + p
                                  for n, p in enumerate(payloads(30, 0, 130, 21, 37))]),
    sample("tls", tls()),
    sample("http2 client", http2([HTTP2_PREFACE + SETTINGS_FRAME]), "http2")._replace(proves=http2_recorder.proves),
    sample("http2 server", http2([SETTINGS_FRAME]), "http2")._replace(proves=http2_recorder.proves),
    sample("zmtp", zmtp()),
    sample("auto call", payloads(60, 20, 33, 90, 41), "call", "auto", CALL_WINDOW),
    sample("auto tls", tls(), "tls", "auto"),
    sample("auto http2 client", http2([HTTP2_PREFACE + SETTINGS_FRAME]), "http2", "auto")._replace(proves=http2_recorder.proves),
    sample("auto http2 server", http2([SETTINGS_FRAME]), "http2", "auto")._replace(proves=http2_recorder.proves),
    sample("auto zmtp", zmtp(), "zmtp", "auto"),
]

# A stream this long is not cut at every byte.
LONG = 1000


def first_messages(messages):
    """As many as can be cut at every byte, but two at least; and one more."""
    *stream, other = messages
    kept = stream[:2]
    for message in stream[2:]:
        if len(b"".join(kept) + message) < RECORDED_MOST:
            kept.append(message)
    return kept, other


RECORDED_MOST = 400


def guarded_as(entry):
    return f"{entry.framing},role={entry.role}"


def from_recording(entry):
    recorder = importlib.import_module(f"protocols.recorders.{entry.preset.replace('-', '_')}")
    kept, other = first_messages(entry.messages)
    proves = getattr(recorder, f"{entry.role}_proves", getattr(recorder, "proves", None))
    return Sample(recorded.in_words(entry), guarded_as(entry), tuple({*kept, other}), WINDOW, {},
                  tuple(kept), other, proves, tuple(map(bytes.fromhex, entry.frames)) or None)


BY_NAME = {entry.name: entry for entry in SAMPLES}
RECORDED = {recorded.in_words(entry): entry for entry in recorded.SAMPLES if entry.in_matrix}


def find(name):
    """Of the recorders only the one that is needed is imported: all of them take a second."""
    return BY_NAME.get(name) or from_recording(RECORDED[name])
