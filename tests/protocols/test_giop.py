"""GIOP: the byte order that each message says, and fragments."""

import pytest

from framing.library import Framing

MORE, FRAGMENT = 2, 7


def message(payload, order="big", flags=0, kind=0, minor=2):
    flag = flags | (order == "little")
    return b"GIOP\1" + bytes([minor, flag, kind]) + len(payload).to_bytes(4, order) + payload


@pytest.mark.parametrize("order", ["big", "little"])
@pytest.mark.parametrize("length", [0, 1, 300, 70000])
def test_the_length_is_in_the_order_that_the_message_says(order, length):
    other = message(b"abc", "little" if order == "big" else "big")
    state = Framing("giop").feed_calls(message(bytes(length), order) + other, message(bytes(length), order)[:-1] or b"")
    assert (state.messages, state.desync) == (2, False)
    assert state.left == 1 or not length


def test_a_message_ends_with_the_fragment_that_says_so():
    fragments = [message(b"one", flags=MORE), message(b"two", "little", MORE, FRAGMENT), message(b"", kind=FRAGMENT)]
    framing = Framing("giop")
    state = framing.state()
    for fragment in fragments:
        assert state.messages == 0
        framing.feed(state, fragment)
    assert (state.messages, state.inside) == (1, False)
    by_frame = Framing("giop")
    by_frame.set_unit(True)
    assert by_frame.feed_calls(*fragments).messages == 3


def test_what_was_refused_behind_a_fragment_may_be_something_else():
    first, second = message(b"one", flags=MORE), message(b"two", kind=FRAGMENT)
    framing = Framing("giop")
    assert framing.first_boundary(framing.feed_calls(first[:5]), first[5:] + second) == len(first) - 5


def test_version_1_0_has_no_fragments():
    assert Framing("giop").feed_calls(message(b"one", flags=MORE, minor=0)).messages == 1
