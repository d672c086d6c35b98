"""Stages: what comes first, once, and what comes behind it; TLS that begins at a boundary."""

import pytest

from .library import Framing
from .samples import GREETING_3, FRAMES_2, PREFACE, SETTINGS, TLS

HELLO = b"hello, I am a proxy\r\n"
PACKETS = b"\0\0\0\2ab" b"\0\0\0\0" b"\0\0\0\3abc" b"\0\0\0\4a"
PACKET_ENDS = [6, 10, 17]


def shifted(prefix, ends):
    return [len(prefix), *(len(prefix) + end for end in ends)]


STAGED = {
    "skip(8)>packet(4)": (b"MAGIC!!!" + PACKETS, shifted(b"MAGIC!!!", PACKET_ENDS)),
    "skip(1)>packet(4)": (b"M" + PACKETS, shifted(b"M", PACKET_ENDS)),
    "skip(1k)>packet(4)": (bytes(1024) + PACKETS, shifted(bytes(1024), PACKET_ENDS)),
    "line>packet(4)": (HELLO + PACKETS, shifted(HELLO, PACKET_ENDS)),
    "packet(2)>line>packet(4)": (b"\0\1a" + HELLO + PACKETS, [3, *shifted(b"\0\1a" + HELLO, PACKET_ENDS)]),
    "skip(2)>skip(3)>skip(4)>packet(4)": (b"a" * 9 + PACKETS, [2, 5, *shifted(b"a" * 9, PACKET_ENDS)]),
    r"line>delimiter(>\;)": (HELLO + b"one>;two>;", [len(HELLO), len(HELLO) + 5, len(HELLO) + 10]),
    "line>tls": (HELLO + TLS[:37], [len(HELLO), len(HELLO) + 37]),
    "line>auto": (HELLO + PREFACE + SETTINGS, shifted(HELLO, [len(PREFACE), len(PREFACE + SETTINGS)])),
    "zmtp>packet(4)": (GREETING_3 + PACKETS, shifted(GREETING_3, PACKET_ENDS)),
    "packet(4),tls=sniff": (PACKETS[:17] + TLS[:37] + TLS[37:43], [*PACKET_ENDS, 54, 60]),
    "line,tls=sniff": (HELLO + TLS[:37], [len(HELLO), len(HELLO) + 37]),
    "line,tls=off": (TLS[:37] + b"\n", [38]),
    "line,tls=start": (TLS[:43], [37, 43]),
    "skip(3)>line,tls=sniff": (b"abc" + HELLO + TLS[:37], [3, *shifted(b"abc" + HELLO, [37])]),
    "skip(3)>line,tls=start": (b"abc" + TLS[:37], [3, 40]),
}


def framing_of(text):
    text, _, tls = text.partition(",tls=")
    framing = Framing(text)
    assert framing.rest == ""
    if tls:
        framing.set_tls(tls)
    return framing


@pytest.fixture(params=STAGED.items(), ids=STAGED)
def staged(request):
    text, (stream, ends) = request.param
    return framing_of(text), stream, ends


def test_each_stage_but_the_last_is_for_one_message(staged):
    framing, stream, ends = staged
    state = framing.state()
    for at in range(len(stream)):
        framing.feed(state, stream[at:at + 1])
        assert not state.desync
        if not framing.recognised(state).endswith("auto"):
            assert state.inside == (at + 1 not in ends), at + 1
    assert state.messages == len(ends)


def test_every_split_is_the_same(staged):
    framing, stream, ends = staged
    expected = framing.feed_pieces(stream).seen()
    for cut in range(len(stream) + 1):
        state = framing.feed_pieces(stream, [cut])
        assert state.seen() == expected, cut
        assert state.messages == len(ends) or "delimiter" in framing.recognised(state), cut


def test_the_rest_of_a_cut_message_ends_where_its_stage_does(staged):
    framing, stream, ends = staged
    for cut in range(1, len(stream)):
        state = framing.feed_pieces(stream[:cut])
        if state.inside:
            end = min((end for end in ends if end > cut), default=len(stream))
            assert framing.first_boundary(state, stream[cut:]) == end - cut, cut


def test_the_log_says_what_the_stream_became():
    framing = framing_of("line,tls=sniff")
    assert framing.recognised(framing.feed_calls(HELLO)) == "line"
    assert framing.recognised(framing.feed_calls(HELLO, TLS[:1])) == "tls"
    staged = framing_of("skip(3)>line")
    assert staged.recognised(staged.feed_calls(b"abc" + HELLO)) == "skip(3)>line"


def test_what_began_as_tls_and_is_not_is_a_desync():
    framing = framing_of("line,tls=sniff")
    assert framing.feed_calls(HELLO, b"\x16\n\n\n\n").desync


def test_bytes_of_a_stage_that_nobody_sees_are_counted_inside_its_message():
    framing = framing_of("skip(100)>packet(4)")
    state = framing.feed_calls(b"abc")
    assert framing.skip(state, 50, 50) == 50
    framing.feed(state, b"x" * 47 + b"\0\0\0\1")
    assert (state.messages, state.left) == (1, 1)
