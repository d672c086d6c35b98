"""What is special to ZMTP: greetings of unknown length, commands between the parts of a message."""

import pytest

from framing.library import Framing

from .recorders.zmtp import GREETING, SIGNATURE

ZMTP = Framing("zmtp")
PART, LAST, PING = b"\1\4part", b"\0\4last", b"\4\7\4PING\0\0"
SHORT = SIGNATURE + b"\3\5"
NAMES = {"2.0": b"\0\2me", "1.0": b"\3\0me"}


def test_a_command_is_a_message_of_its_own():
    assert ZMTP.feed_pieces(GREETING + PING + LAST + PING).messages == 4


@pytest.mark.parametrize("before, after", [(PING, b""), (PING + PING, b""), (b"", PING), (PING, PING)])
def test_a_command_between_the_parts_belongs_to_the_message(before, after):
    state = ZMTP.feed_pieces(GREETING + PART + before)
    assert (state.inside, state.messages) == (True, 1)
    state = ZMTP.feed_pieces(GREETING + PART + before + PART + after + LAST)
    assert (state.inside, state.messages) == (False, 2)


@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES)
def test_a_short_greeting_goes_on_with_the_name(name):
    for cut in range(1, len(SHORT + name)):
        state = ZMTP.feed_pieces((SHORT + name)[:cut])
        assert (state.inside, state.messages, state.desync) == (True, 0, False)
        assert ZMTP.first_boundary(state, (SHORT + name + LAST)[cut:]) == len(SHORT + name) - cut
    assert not ZMTP.feed_pieces(SHORT + name).inside


@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES)
def test_by_frame_a_short_greeting_ends_where_the_next_frame_begins(name):
    by_frame = Framing("zmtp")
    by_frame.set_unit(True)
    assert by_frame.feed_pieces(SHORT).inside
    state = by_frame.feed_pieces(SHORT + name[:1])
    assert (state.messages, state.sent) == (1, 1)
    assert by_frame.first_boundary(by_frame.feed_pieces(SHORT), name) == 0


@pytest.mark.parametrize("part", [PART, PART + PING, PART + PART])
def test_nothing_proves_that_a_message_was_given_up(part):
    state = ZMTP.feed_pieces(GREETING + part)
    assert (state.inside, state.watch, ZMTP.abandons(state, PING)) == (True, False, False)
