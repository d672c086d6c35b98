"""Bytes that were sent but cannot be seen are counted as if they had been, as far as nothing depends on them."""

import pytest

from .library import Framing, State
from .samples import SAMPLES, name

CALL = ("call", b"abcdefghijkl")


@pytest.mark.parametrize("text, stream", [CALL, *SAMPLES], ids=map(name, [CALL, *SAMPLES]))
def test_what_is_skipped_counts_as_fed(text, stream):
    framing = Framing(text)
    for cut in range(len(stream)):
        for count in (0, 1, 7, len(stream) - cut):
            count = min(count, len(stream) - cut)
            skipped, fed = framing.feed_pieces(stream[:cut]), framing.feed_pieces(stream[:cut])
            done = framing.skip(skipped, count, len(stream) - cut)
            assert done <= count
            framing.feed(fed, stream[cut:cut + done], len(stream) - cut)
            assert skipped.seen() == fed.seen(), (cut, count)


@pytest.mark.parametrize("text, stream", [CALL, *SAMPLES], ids=map(name, [CALL, *SAMPLES]))
def test_what_is_counted_at_once_counts_as_fed_and_holds_no_boundary(text, stream):
    framing = Framing(text)
    for cut in range(len(stream)):
        for count in range(1, len(stream) - cut + 1):
            counted, before = framing.feed_pieces(stream[:cut]), framing.feed_pieces(stream[:cut])
            if not framing.count(counted, count):
                assert bytes(counted) == bytes(before)
                break
            assert framing.first_boundary(before, stream[cut:cut + count]) == count
            framing.feed(before, stream[cut:cut + count], len(stream) - cut)
            assert bytes(counted) == bytes(before), (cut, count)


@pytest.mark.parametrize("text, first, last", [
    ("packet(4)", b"\0\0\3\xe8", 1000 - 8), ("netstring", b"1000:", 1001 - 8), ("tls", b"\x17\3\3\3\xe8", 1000 - 8)])
def test_all_but_the_last_bytes_of_a_frame_are_counted_at_once(text, first, last):
    framing = Framing(text)
    assert framing.count(framing.feed(framing.state(), first), last)
    assert not framing.count(framing.feed(framing.state(), first), last + 1)


def test_of_a_call_all_but_the_last_bytes_are_counted_at_once():
    framing = Framing("call")
    assert framing.count(framing.feed(State(), b"x", 1000), 999 - 8)
    assert not framing.count(framing.feed(State(), b"x", 1000), 999 - 7)


def test_where_a_rest_must_be_seen_nothing_is_counted():
    """HTTP/1 counts its header's bytes there too, AMQP its method's."""
    for text in ("http1", "amqp", "imap", "cql5", "auto"):
        state = State(left=1000, inside=True)
        assert not Framing(text).count(state, 10)
        assert (state.left, state.sent) == (1000, 0)


def test_the_inside_of_a_frame_need_not_be_seen():
    for text, header in (("packet(4)", b"\0\0\3\xe8"), ("netstring", b"1000:")):
        framing = Framing(text)
        state = framing.feed(State(), header)
        assert 900 < framing.skip(state, 5000, 5000) <= 1000


def test_the_end_of_a_frame_without_a_trailer_need_not_be_seen():
    framing = Framing("packet(4)")
    state = framing.feed(State(), b"\0\0\0\x10")
    assert framing.skip(state, 15, 15) == 15
    assert state.inside
    assert framing.skip(state, 100, 100) == 1
    assert (state.inside, state.messages) == (False, 1)


def test_a_trailer_has_to_be_seen():
    framing = Framing("length-field(length=2,trailer=0a)")
    state = framing.feed(State(), b"\0\x10")
    assert framing.skip(state, 100, 100) < 16


def test_a_stage_ends_with_a_message_that_was_skipped():
    framing = Framing("packet(4)>line")
    state = framing.feed(State(), b"\0\0\0\x10")
    assert framing.skip(state, 100, 100) == 16
    framing.feed(state, b"lines\nfrom here on\n")
    assert (state.inside, state.desync) == (False, False)


def test_a_call_need_not_be_seen():
    for text in ("call", "auto"):
        framing, state = Framing(text), State()
        assert framing.skip(state, 40, 100) == 40
        assert (state.inside, state.sent, state.left) == (True, 40, 60)
        assert framing.skip(state, 60, 60) == 60
        assert (state.inside, state.messages) == (False, 1)


def test_first_bytes_that_cannot_be_seen_are_no_protocol():
    framing, state = Framing("auto"), State()
    framing.skip(state, 5, 5)
    framing.feed(state, b"\x15\3\3\0\2\1\0")
    assert framing.recognised(state) == "call"


def test_a_header_has_to_be_seen():
    for text in ("packet(4)", "line", "tls", "http2", "zmtp", "varint32"):
        assert Framing(text).skip(State(), 100, 100) == 0
