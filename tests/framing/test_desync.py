"""Bytes that cannot be the framing are seen, wherever they are cut; what came before is counted."""

import pytest

from . import reference
from .library import Framing, State
from .samples import FRAMES_2, GREETING_3, PREFACE, SETTINGS, SIGNATURE, http2_frame

WRONG = {
    "a frame that ends in its own header": ("length-field(length=2,adjustment=-2)", b"\0\2\0\5abc\0\1"),
    "a frame that is shorter than its trailer": ("length-field(length=1,adjustment=1,trailer=0d0a)", b"\1\r\n\0x"),
    "a negative length": ("length-field(length=4,adjustment=-100)", b"\0\0\0\x60"),
    "a length that overflows": ("packet(8)", b"\xff" * 8),
    "a length that overflows by the adjustment": ("length-field(length=8,adjustment=16)", b"\xff" * 7 + b"\xf0"),
    "a length of 2^63 and more": ("packet(8)", b"\x80" + bytes(7)),
    "a length that overflows by the padding": ("length-field(length=1,pad=1:8)", b"\1" + b"\xff" * 8),
    "a frame longer than max": ("length-field(length=2,max=1k)", b"\0\1a\x03\xff" + b"b" * 1024),
    "no magic": ("length-field(offset=1,length=1,magic=0:f0)", b"\xf0\1a\xf1\1a"),
    "no magic behind the length": ("length-field(length=1,magic=1:f0)", b"\2\xf0a\2a\xf0"),
    "no trailer": ("length-field(length=1,adjustment=2,trailer=0d0a)", b"\1a\r\n\2ab\r\r"),
    "a trailer that begins wrong": ("length-field(length=1,adjustment=2,trailer=0d0a)", b"\1a\r\n\2ab\n\n"),
    "a varint of 6 bytes": ("varint32", b"\1a\x81\x80\x80\x80\x80\0"),
    "a varint of 33 bits": ("varint32", b"\1a\x81\x80\x80\x80\x10"),
    "no TLS record type": ("tls", b"\x17\3\3\0\1a\x19\3\3\0\1a"),
    "a TLS record type below": ("tls", b"\x13\3\3\0\1a"),
    "no TLS version": ("tls", b"\x17\3\3\0\1a\x17\2\3\0\1a"),
    "a TLS record of more than 18 KiB": ("tls", b"\x17\3\3\x48\x01"),
    "no HTTP/2 preface": ("http2", b"PRI * HTTP/1.1\r\n"),
    "an HTTP/1 request": ("http2", b"GET / HTTP/1.1\r\n"),
    "an HTTP/1 response": ("http2", b"HTTP/1.1 200 OK\r\n"),
    "no SETTINGS behind the preface": ("http2", PREFACE + http2_frame(1, 4, 1, 3)),
    "the reserved bit": ("http2", SETTINGS + http2_frame(0, 0, 1 << 31, 3)),
    "CONTINUATION outside a block": ("http2", SETTINGS + http2_frame(1, 4, 1, 3) + http2_frame(9, 4, 1, 3)),
    "a frame inside a block": ("http2", SETTINGS + http2_frame(1, 0, 1, 3) + http2_frame(0, 0, 1, 3)),
    "an unknown frame inside a block": ("http2", SETTINGS + http2_frame(5, 0, 1, 3) + http2_frame(99, 4, 1, 3)),
    "HEADERS inside a block": ("http2", SETTINGS + http2_frame(1, 0, 1, 3) + http2_frame(1, 4, 1, 3)),
    "no ZMTP signature": ("zmtp", b"\xfe" + bytes(20)),
    "no end of the ZMTP signature": ("zmtp", b"\xff" + bytes(8) + b"\x7e\3\0"),
    "ZMTP flags of more bits": ("zmtp", GREETING_3 + b"\0\1a" + b"\x08\1a"),
    "a ZMTP COMMAND with MORE": ("zmtp", GREETING_3 + b"\5\1a"),
    "a long ZMTP COMMAND with MORE": ("zmtp", GREETING_3 + b"\7" + bytes(7) + b"\1a"),
    "a ZMTP frame of 2^63 bytes": ("zmtp", GREETING_3 + b"\2\x80" + bytes(7)),
    "the frame that libzmq gets wrong": ("zmtp", GREETING_3 + FRAMES_2[:7] + b"\0" + bytes(7) + b"\xff" + b"t" * 255),
    "a ZMTP 1 frame without flags": ("zmtp", SIGNATURE + b"\1\0" + b"\0\0"),
    "a long ZMTP 1 frame without flags": ("zmtp", SIGNATURE + b"\1\0" + b"\xff" + bytes(9)),
    "a ZMTP signature without a length": ("zmtp", b"\xff" + bytes(8) + b"\x7f\1\0"),
    "a ZMTP signature with a length of 2^63": ("zmtp", b"\xff\x80" + bytes(7) + b"\x7f\1\0"),
    "HTTP/2 that auto has recognised": ("auto", SETTINGS + http2_frame(9, 4, 1, 3)),
    "TLS that auto has recognised": ("auto", b"\x15\3\3\0\2\1\0" + b"GET / HTTP/1.1\r\n"),
}


@pytest.mark.parametrize("text, stream", WRONG.values(), ids=WRONG)
def test_is_seen_in_every_split(text, stream):
    framing = Framing(text)
    with pytest.raises(reference.Desync) as expected:
        reference.messages(text, stream)
    for cut in range(len(stream) + 1):
        state = framing.feed_pieces(stream, [cut])
        assert (state.desync, state.messages) == (True, len(expected.value.messages)), cut


@pytest.mark.parametrize("text, stream", WRONG.values(), ids=WRONG)
def test_is_seen_with_the_byte_that_proves_it(text, stream):
    framing, state = Framing(text), State()
    for end in range(1, len(stream) + 1):
        framing.feed(state, stream[end - 1:end])
        try:
            reference.messages(text, stream[:end])
        except reference.Desync:
            break
        assert not state.desync, end
    assert state.desync, end


@pytest.mark.parametrize("text, stream", WRONG.values(), ids=WRONG)
def test_is_terminal(text, stream):
    framing = Framing(text)
    state = framing.feed(State(), stream)
    framing.feed(state, stream)
    assert state.desync
    assert framing.first_boundary(state, b"abc") == 3


@pytest.mark.parametrize("text, stream", WRONG.values(), ids=WRONG)
def test_refused_bytes_that_are_wrong_belong_to_the_cut_message_or_end_behind_it(text, stream):
    framing = Framing(text)
    for cut in range(1, len(stream)):
        state = framing.feed(State(), stream[:cut])
        if state.inside and not state.desync:
            assert framing.first_boundary(state, stream[cut:]) <= len(stream) - cut


def test_the_longest_frame_is_no_desync():
    for text, head, length in [("length-field(length=2,max=1k)", b"\x03\xfe", 1022), ("tls", b"\x17\3\3\x48\0", 18432),
                               ("varint32", b"\xff\xff\xff\xff\x0f", (1 << 32) - 1),
                               ("packet(8)", b"\x7f" + b"\xff" * 6 + b"\xf7", (1 << 63) - 9),
                               ("length-field(length=8,adjustment=16)", b"\x7f" + b"\xff" * 6 + b"\xe7", (1 << 63) - 9)]:
        state = Framing(text).feed(State(), head)
        assert not state.desync
        assert state.left == length


@pytest.mark.parametrize("text, stream, longest", [
    ("packet(4)", b"\0\0\0\4abcd" b"\0\0\0\5abcde", 9), ("packet(4)", b"\0\0\0\x1a" + b"a" * 26, 30),
    ("varint32", b"\4abcd\5abcde", 6),
    ("http2", SETTINGS + http2_frame(0, 0, 1, 13), 22), ("auto", SETTINGS + http2_frame(0, 0, 1, 13), 22),
    ("tls", b"\x15\3\3\0\2\1\0\x17\3\3\0\5abcde", 10), ("auto", b"\x15\3\3\0\2\1\0\x17\3\3\0\5abcde", 10),
    ("zmtp", GREETING_3 + b"\0\6abcdef" b"\0\7abcdefg", 9)])
def test_a_max_that_is_given_as_an_option_counts_the_header(text, stream, longest):
    framing = Framing(text)
    framing.set_max(longest)
    assert not framing.feed(State(), stream).desync
    framing.set_max(longest - 1)
    for cut in range(len(stream)):
        assert framing.feed_pieces(stream, [cut]).desync
