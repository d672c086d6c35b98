"""Framing `call`: what a write call offers is a message, however little of it is accepted."""

from .library import Framing, State, message_length

CALL = Framing("call")


def test_a_call_that_was_accepted_is_a_message():
    state = CALL.feed_calls(b"abc", b"d", b"efgh")
    assert (state.messages, state.inside) == (3, False)


def test_a_short_write_leaves_the_message_open():
    state = CALL.feed(State(), b"abc", offered=10)
    assert (state.inside, state.sent, message_length(state)) == (True, 3, 10)


def test_the_rest_of_the_call_ends_it():
    state = CALL.feed(State(), b"abc", offered=10)
    CALL.feed(state, b"defghij")
    assert (state.messages, state.inside) == (1, False)


def test_the_rest_may_come_in_pieces_that_are_cut_again():
    state = CALL.feed(State(), b"abc", offered=10)
    CALL.feed(state, b"de", offered=7)
    CALL.feed(state, b"f", offered=2)
    assert (state.messages, state.inside, state.sent) == (0, True, 6)
    CALL.feed(state, b"ghij")
    assert (state.messages, state.inside) == (1, False)


def test_a_longer_call_than_the_rest_holds_the_next_message():
    state = CALL.feed(State(), b"abc", offered=5)
    CALL.feed(state, b"deXYZ")
    assert (state.messages, state.inside) == (2, False)
    CALL.feed(state, b"abc", offered=5)
    CALL.feed(state, b"deX", offered=5)
    assert (state.messages, state.inside, state.sent, state.left) == (3, True, 1, 2)


def test_nothing_accepted_at_a_boundary_is_no_cut():
    assert not CALL.feed(State(), b"", offered=100).inside


def test_the_cut_message_reaches_to_the_end_of_its_call():
    state = CALL.feed(State(), b"abc", offered=10)
    assert CALL.first_boundary(state, b"defghij") == 7
    assert CALL.first_boundary(state, b"def") == 3
    assert CALL.first_boundary(state, b"defghijNEXT") == 7


def test_off_is_always_at_a_boundary():
    state = Framing("off").feed(State(), b"abc", offered=10)
    assert not state.inside
