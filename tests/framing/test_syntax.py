"""How a framing is written, and what is said about one that is written wrong."""

import pytest

from .library import Framing, State, Wrong

KEYS = ("offset=, length=, adjustment=, order=, max=, mask=, last=, more=, continue=, pad=, trailer= or magic=")
ANY = ("a framing: the name of a protocol (poisonshim-framing(7) lists them), auto, call, explicit, off, line, varint32, fixed(N), "
       "skip(N)>..., packet(1|2|4|8), length-field(...) or delimiter(...)")
PACKET = "1, 2, 4 or 8 bytes of length, with - in front for little endian"
BYTES = "a number of bytes, 0 to 65000"
LENGTH = "a number of bytes, 1 to 8"
BITS = "hexadecimal bits of the length field, not 0"
FITTING_BITS = "bits that the length field has"
CLOSE = '")" at the end of the framing'
DELIMITER = r"a delimiter of 1 to 24 bytes; special ones are written \r \n \t \0 \xHH \\ \| \) \, \;"
DELIMITER_END = '"|" or ")" behind a delimiter of at most 24 bytes'
WINDOW = "length, pad and magic fields that lie within 24 bytes of each other"
FIXED = "how many bytes a message has, 1 or more, with k, M or G for units"
MAX = "the longest frame in bytes, 1 or more, with k, M or G for units"

WRONG = [
    ("", 1, ANY),
    ("?", 1, ANY),
    ("Line", 1, ANY),
    ("lines", 1, ANY),
    ("line2", 1, ANY),
    ("packet", 1, ANY),
    ("fixed", 1, ANY),
    ("delimiter", 1, ANY),
    ("length-field", 1, ANY),
    ("kafkas", 1, ANY),
    ("packet(", 8, PACKET),
    ("packet()", 8, PACKET),
    ("packet(3)", 8, PACKET),
    ("packet(0)", 8, PACKET),
    ("packet(16)", 8, PACKET),
    ("packet(-3)", 8, PACKET),
    ("packet(--4)", 9, PACKET),
    ("packet(4", 9, CLOSE),
    ("packet(4 )", 9, CLOSE),
    ("packet(4,max=1)", 9, CLOSE),
    ("fixed()", 7, FIXED),
    ("fixed(0)", 7, FIXED),
    ("fixed(-1)", 7, FIXED),
    ("fixed(99999999999999999999)", 7, FIXED),
    ("fixed(9000000000G)", 7, FIXED),
    ("fixed(1T)", 8, CLOSE),
    ("varint32(", 10, "offset="),
    ("varint32()", 10, "offset="),
    ("varint32(2)", 10, "offset="),
    ("varint32(offset=x)", 17, "how many bytes come before the varint, 0 to 65000"),
    ("varint32(offset=65001)", 17, "how many bytes come before the varint, 0 to 65000"),
    ("length-field()", 14, KEYS),
    ("length-field(size=4)", 14, KEYS),
    ("length-field(offset)", 14, KEYS),
    ("length-field(length=4,)", 23, KEYS),
    ("length-field(length=4, offset=1)", 23, KEYS),
    ("length-field(length=4,offset=1,length=2)", 32, "another key: each can be given once"),
    ("length-field(length=4,lengthFieldLength=4)", 23, "another key: each can be given once"),
    ("length-field(offset=65001)", 21, BYTES),
    ("length-field(offset=-1)", 21, BYTES),
    ("length-field(length=0)", 21, LENGTH),
    ("length-field(length=9)", 21, LENGTH),
    ("length-field(length=4k)", 22, CLOSE),
    ("length-field(adjustment=)", 25, "a number of bytes, maybe negative, below 2^31"),
    ("length-field(adjustment=2147483648)", 25, "a number of bytes, maybe negative, below 2^31"),
    ("length-field(adjustment=-2147483649)", 25, "a number of bytes, maybe negative, below 2^31"),
    ("length-field(order=big)", 20, "be, le or native"),
    ("length-field(order=bee)", 20, "be, le or native"),
    ("length-field(max=0)", 18, MAX),
    ("length-field(max=17179869184G)", 18, MAX),
    ("length-field(max=k)", 18, MAX),
    ("length-field(max=5,length=4,offset=2)", 18, "a longest frame that has room for its header"),
    ("length-field(mask=)", 19, BITS),
    ("length-field(mask=0)", 19, BITS),
    ("length-field(mask=0x)", 19, BITS),
    ("length-field(mask=g)", 19, BITS),
    ("length-field(mask=10000000000000000)", 19, BITS),
    ("length-field(mask=1ffff,length=2)", 19, FITTING_BITS),
    ("length-field(length=1,last=100)", 28, FITTING_BITS),
    ("length-field(length=1,more=100)", 28, FITTING_BITS),
    ("length-field(length=1,continue=256)", 32, "a number that fits the length field"),
    ("length-field(continue=)", 23, "the length that a frame has if the next one continues it"),
    ("length-field(pad=6)", 19, '":" and the length of the padding\'s field'),
    ("length-field(pad=:1)", 18, BYTES),
    ("length-field(pad=6:9)", 20, LENGTH),
    ("length-field(trailer=)", 22, "1 to 8 bytes in hexadecimal"),
    ("length-field(trailer=c)", 23, "1 to 8 bytes in hexadecimal"),
    ("length-field(trailer=0d0)", 25, "1 to 8 bytes in hexadecimal"),
    ("length-field(trailer=000102030405060708)", 22, "1 to 8 bytes in hexadecimal"),
    ("length-field(magic=0)", 21, '":" and the bytes that stand there in hexadecimal'),
    ("length-field(magic=0:)", 22, "1 to 16 bytes in hexadecimal"),
    ("length-field(magic=0:zz)", 22, "1 to 16 bytes in hexadecimal"),
    ("length-field(magic=0:" + "00" * 17 + ")", 22, "1 to 16 bytes in hexadecimal"),
    ("length-field(offset=21,magic=0:00)", 30, WINDOW),
    ("length-field(magic=28:0000)", 20, WINDOW),
    ("length-field(offset=30,pad=60:1)", 28, WINDOW),
    ("length-field(length=4", 22, CLOSE),
    ("delimiter()", 11, DELIMITER),
    ("delimiter(", 11, DELIMITER),
    ("delimiter(a|)", 13, DELIMITER),
    ("delimiter(|a)", 11, DELIMITER),
    ("delimiter(a,b)", 12, DELIMITER),
    ("delimiter(a;b)", 12, DELIMITER),
    ("delimiter(a\nb)", 12, DELIMITER),
    ("delimiter(ab", 13, DELIMITER_END),
    ("delimiter(abcdefghijklmnopqrstuvwxy)", 35, DELIMITER_END),
    ("delimiter(a|b|c|d|e|f|g|h|i)", 27, "at most 8 delimiters"),
    (r"delimiter(\a)", 12, r"one of r n t 0 xHH \ | ) , ; behind the backslash"),
    ("delimiter(\\", 12, r"one of r n t 0 xHH \ | ) , ; behind the backslash"),
    (r"delimiter(\x)", 13, "two hexadecimal digits"),
    (r"delimiter(\x0)", 14, "two hexadecimal digits"),
    (r"delimiter(\xg0)", 13, "two hexadecimal digits"),
]


@pytest.mark.parametrize("text, column, expected", WRONG)
def test_a_framing_that_is_wrong_says_where_and_what_was_expected(text, column, expected):
    with pytest.raises(Wrong) as wrong:
        Framing(text)
    assert (wrong.value.column, wrong.value.expected) == (column, expected)


@pytest.mark.parametrize("text", [
    "auto", "call", "explicit", "explicit>line", "off", "line", "tls", "http2", "zmtp", "varint32", "varint32(offset=0)", "varint32(offset=65000)",
    "fixed(1)", "fixed(4k)", "fixed(1M)", "fixed(4294967296G)", "packet(1)", "packet(-8)",
    "length-field(offset=65000,length=8)", "length-field(offset=20,magic=0:00)", "length-field(order=native)",
    "length-field(adjustment=-2147483648)", "length-field(adjustment=2147483647)", "length-field(max=64M)",
    "length-field(mask=0x7FFFffff,last=0x80000000)", "length-field(length=8,mask=ffffffffffffffff)",
    "length-field(max=18446744073709551615)", "length-field(continue=0)", "length-field(trailer=0d0A)",
    "delimiter(abcdefghijklmnopqrstuvwx)", "delimiter(a|b|c|d|e|f|g|h)", r"delimiter(\\|\||\)|\,|\;|\x3b)"])
def test_a_framing_may_be_followed_by_anything(text):
    for rest in ("", ",", ";port:1=line", ")", " "):
        assert Framing(text + rest).rest == rest


@pytest.mark.parametrize("written, byte", [
    (r"\r", 13), (r"\n", 10), (r"\t", 9), (r"\0", 0), (r"\x00", 0), (r"\xfF", 255), (r"\x3b", 59), (r"\\", 92),
    (r"\|", 124), (r"\)", 41), (r"\,", 44), (r"\;", 59), ("(", 40), (" ", 32), ("%", 37)])
def test_every_byte_can_be_a_delimiter(written, byte):
    framing = Framing(f"delimiter({written})")
    assert [end for end in range(256) if not framing.feed(State(), bytes([end])).inside] == [byte]


def test_a_backslash_takes_exactly_what_belongs_to_it():
    framing = Framing(r"delimiter(\x0d0|\01)")
    assert not framing.feed(State(), b"a\r0").inside
    assert not framing.feed(State(), b"a\x001").inside
    assert framing.feed(State(), b"a\r").inside


def test_max_in_the_parentheses_is_a_limit():
    assert Framing("length-field(length=2,max=3)").feed(State(), b"\0\2ab").desync
    assert not Framing("length-field(length=2,max=4)").feed(State(), b"\0\2ab").desync


def test_a_pad_field_is_in_the_order_of_the_length():
    for order, pad in (("be", b"\0\2"), ("le", b"\2\0")):
        state = Framing(f"length-field(length=1,pad=1:2,order={order})").feed(State(), b"\3" + pad)
        assert state.left == 3
