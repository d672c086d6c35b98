"""Where messages end, by parsers that share nothing with the shim: each looks at a whole stream at once.

    messages("packet(4)", data) -> [(start, end), ...] of the whole messages; what is behind the last end is cut

Raises Desync if the bytes cannot be that framing (as soon as a frame's header is complete, or a byte of a fixed
text or of a trailer is wrong). With `call` all of `data` is one message; `auto` is what the first bytes tell."""

import itertools
import re
import struct
import sys

from .openings import recognise


class Desync(Exception):
    """`messages` are those before the bytes that are wrong."""

    def __init__(self, why):
        super().__init__(why)
        self.messages = []


class Cut(Exception):
    """The stream ends inside a message."""


def messages(spec, data):
    name, _, arguments = spec.rstrip(")").partition("(")
    if name == "delimiter":
        arguments = spec[len("delimiter("):-1]
    if name == "off" or (name == "auto" and recognise(data) in ("auto", "call")):
        name = "call"
    elif name == "auto":
        name = recognise(data)
    return collect(PARSERS[name](arguments), data)


def collect(end_of_message, data):
    """`end_of_message(data, at, number)` returns the end of the number-th message, which starts at `at`, or raises."""
    found = []
    at = 0
    try:
        for number in itertools.count():
            if at == len(data):
                break
            end = end_of_message(data, at, number)
            found.append((at, end))
            at = end
    except Cut:
        pass
    except Desync as desync:
        desync.messages = found
        raise
    return found


def need(data, at, count):
    """data[at:at+count], all of it."""
    if len(data) < at + count:
        raise Cut
    return data[at:at + count]


def require(condition, why):
    if not condition:
        raise Desync(why)


def call(_):
    return lambda data, at, number: len(data)


def fixed(arguments):
    return lambda data, at, number: at + len(need(data, at, size(arguments)))


def size(text):
    number, unit = re.fullmatch(r"(\d+)([kMG]?)", text).groups()
    return int(number) << {"": 0, "k": 10, "M": 20, "G": 30}[unit]


def packet(arguments):
    little = arguments.startswith("-")
    return length_field(f"length={arguments.lstrip('-')},order={'le' if little else 'be'}")


ALIASES = {"lengthFieldOffset": "offset", "length_field_offset": "offset", "lengthFieldLength": "length",
           "length_field_length": "length", "lengthAdjustment": "adjustment", "length_adjustment": "adjustment",
           "maxFrameLength": "max"}


class LengthField:
    def __init__(self, arguments):
        keys = {ALIASES.get(key, key): value for key, value in (pair.split("=") for pair in arguments.split(","))}
        self.offset = int(keys.get("offset", 0))
        self.length = int(keys.get("length", 4))
        self.adjustment = int(keys.get("adjustment", 0))
        self.order = {"be": "big", "le": "little", "native": sys.byteorder}[keys.get("order", "be")]
        self.max = size(keys["max"]) if "max" in keys else None
        self.mask = int(keys["mask"], 16) if "mask" in keys else -1
        self.last = int(keys.get("last", "0"), 16)
        self.more = int(keys.get("more", "0"), 16)
        self.continues = int(keys["continue"]) if "continue" in keys else None
        self.pad = tuple(map(int, keys["pad"].split(":"))) if "pad" in keys else (0, 0)
        self.trailer = bytes.fromhex(keys.get("trailer", ""))
        magic_offset, _, magic = keys.get("magic", "0:").partition(":")
        self.magic_offset, self.magic = int(magic_offset), bytes.fromhex(magic)
        self.header = max(self.offset + self.length, sum(self.pad) if self.pad[1] else 0,
                          self.magic_offset + len(self.magic) if self.magic else 0)

    def number(self, head, offset, length):
        return int.from_bytes(head[offset:offset + length], self.order)

    def frame(self, data, at):
        """Returns the frame's end and whether it ends a message."""
        head = need(data, at, self.header)
        field = self.number(head, self.offset, self.length)
        value = field if self.mask < 0 else field & self.mask
        total = self.offset + self.length + value + self.adjustment + self.number(head, *self.pad)
        require(head[self.magic_offset:].startswith(self.magic), "magic")
        require(self.header + len(self.trailer) <= total < 1 << 63, "length")
        require(self.max is None or total <= self.max, "longer than max")
        trailer = data[at + total - len(self.trailer):at + total]
        require(self.trailer.startswith(trailer), "trailer")
        goes_on = (self.last and not field & self.last) or field & self.more or value == self.continues
        return at + len(need(data, at, total)), not goes_on

    def __call__(self, data, at, number):
        ends = False
        while not ends:
            at, ends = self.frame(data, at)
        return at


def length_field(arguments):
    return LengthField(arguments)


ESCAPES = {b"r": b"\r", b"n": b"\n", b"t": b"\t", b"0": b"\0"}


def unescape(text):
    def byte(match):
        escape = match[1]
        return bytes([int(escape[1:], 16)]) if escape[:1] == b"x" else ESCAPES.get(escape, escape)

    return re.sub(rb"\\(x[0-9a-fA-F]{2}|.)", byte, text, flags=re.DOTALL)


def delimiter(arguments):
    alternatives = re.findall(rb"(?:\\.|[^\\|])+", arguments.encode("latin-1"), flags=re.DOTALL)
    delimiters = [unescape(text) for text in alternatives]

    def end_of_message(data, at, _):
        ends = [found + len(text) for text in delimiters if (found := data.find(text, at)) >= 0]
        if not ends:
            raise Cut
        return min(ends)

    return end_of_message


def varint32(arguments):
    offset = int(arguments.removeprefix("offset=") or 0)

    def end_of_message(data, at, _):
        at += len(need(data, at, offset))
        value = 0
        for i in range(5):
            byte, = need(data, at, 1)
            at += 1
            value += (byte % 128) * 128 ** i
            if byte < 128:
                require(value < 1 << 32, "more than 32 bits")
                return at + len(need(data, at, value))
        raise Desync("more than 5 bytes of varint")

    return end_of_message


def tls(_):
    def end_of_message(data, at, _):
        kind, version, _, length = struct.unpack(">BBBH", need(data, at, 5))
        require(20 <= kind <= 24, "record type")
        require(version == 3, "version")
        require(length <= 16384 + 2048, "length")
        return at + 5 + len(need(data, at + 5, length))

    return end_of_message


PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
HEADERS, SETTINGS, PUSH_PROMISE, CONTINUATION = 1, 4, 5, 9
END_HEADERS = 4


def http2_frame(data, at):
    high, low, kind, flags, stream = struct.unpack(">BHBBI", need(data, at, 9))
    require(stream < 1 << 31, "reserved bit")
    return at + 9 + (high << 16 | low), kind, flags, stream


def http2(_):
    def end_of_message(data, at, number):
        if number == 0 and data[0] == PREFACE[0]:
            require(PREFACE.startswith(data[:len(PREFACE)]), "preface")
            return len(need(data, 0, len(PREFACE)))
        first = number == (1 if data[0] == PREFACE[0] else 0)
        end, kind, flags, stream = http2_frame(data, at)
        require(kind == SETTINGS or not first, "first frame")
        require(kind != CONTINUATION, "CONTINUATION outside a block")
        block = kind in (HEADERS, PUSH_PROMISE)
        while block and not flags & END_HEADERS:
            if end > len(data):
                raise Cut
            end, kind, flags, other = http2_frame(data, end)
            require((kind, other) == (CONTINUATION, stream), "another frame inside a block")
        return at + len(need(data, at, end - at))

    return end_of_message


class Zmtp:
    """3.x and 2.0 frames, and those of 1.0 that a peer without a version gets."""

    def __init__(self, _):
        self.frame = self.frame2

    def __call__(self, data, at, number):
        if number == 0:
            return self.greeting(data)
        if self.frame == self.frame2 and need(data, at, 1)[0] & 4:
            return self.frame(data, at)[0]
        more = True
        while more:
            at, more = self.frame(data, at)
        return at

    def greeting(self, data):
        require(data[0] == 0xff, "signature")
        require(data[9:10] in (b"", b"\x7f"), "signature")
        if need(data, 10, 1) != b"\x03":
            self.frame = self.frame1
            length, = struct.unpack_from(">Q", data, 1)
            require(0 < length < 1 << 63, "length")
            return 9 + len(need(data, 9, length))
        next_byte = need(data, 12, 1)
        if next_byte.isalpha() and next_byte.isupper():
            return len(need(data, 0, 64))
        self.frame = self.frame2 if next_byte == b"\0" else self.frame1
        return self(data, 12, 1)

    @staticmethod
    def frame2(data, at):
        flags, = need(data, at, 1)
        header, code = (9, ">xQ") if flags & 2 else (2, ">xB")
        length, = struct.unpack(code, need(data, at, header))
        require(flags < 8 and flags not in (5, 7), "flags")
        require(length < 1 << 63, "length")
        more = flags & 1
        end = at + header + len(need(data, at + header, length))
        return end, more or (flags & 4)

    @staticmethod
    def frame1(data, at):
        header = 9 if need(data, at, 1) == b"\xff" else 1
        flags = need(data, at + header, 1)[0]
        length = int.from_bytes(data[at + 1:at + 9], "big") if header == 9 else data[at]
        require(0 < length <= 1 << 63, "length")
        return at + header + len(need(data, at + header, length)), flags & 1


PARSERS = {"call": call, "fixed": fixed, "packet": packet, "length-field": length_field,
           "line": lambda _: delimiter("\\n"), "delimiter": delimiter, "varint32": varint32, "tls": tls,
           "http2": http2, "zmtp": Zmtp}
