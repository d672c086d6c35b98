"""Framing `explicit`: the program says where its messages begin and end; outside of them it is `call`."""

import pytest

from .library import LIBRARY, Framing, State

EXPLICIT = Framing("explicit")


def begin(framing, state):
    assert LIBRARY.framing_obeys(framing.struct, state)
    LIBRARY.framing_begin(framing.struct, state)
    return state


def end(framing, state):
    assert LIBRARY.framing_is_begun(framing.struct, state)
    LIBRARY.framing_end(framing.struct, state)
    return state


def begun(*calls):
    state = begin(EXPLICIT, State())
    for call in calls:
        EXPLICIT.feed(state, call)
    return state


def test_a_begun_message_goes_on_until_it_is_ended():
    state = begun(b"abc", b"de")
    assert (state.messages, state.inside, state.sent) == (0, True, 5)
    end(EXPLICIT, state)
    assert (state.messages, state.inside, state.sent) == (1, False, 0)


def test_to_begin_is_still_a_boundary():
    state = begun()
    assert not state.inside
    assert end(EXPLICIT, state).messages == 0


def test_all_that_was_refused_must_come_next():
    assert EXPLICIT.first_boundary(begun(b"abc"), b"defghij") == 7


def test_inside_it_is_no_call():
    state = begun(b"abc")
    assert not EXPLICIT.is_call(state)
    assert EXPLICIT.is_call(end(EXPLICIT, state))


def test_outside_a_call_is_a_message():
    state = EXPLICIT.feed(State(), b"abc", offered=5)
    assert (state.inside, state.left) == (True, 2)
    EXPLICIT.feed(state, b"de")
    assert (state.messages, state.inside) == (1, False)


@pytest.mark.parametrize("is_begun", (False, True))
def test_bytes_that_nobody_sees_count(is_begun):
    state = begin(EXPLICIT, State()) if is_begun else State()
    assert LIBRARY.framing_skip(EXPLICIT.struct, state, 10, 10) == 10
    assert (state.inside, state.sent, state.messages) == ((True, 10, 0) if is_begun else (False, 0, 1))


def test_auto_believes_the_program_as_long_as_it_knows_nothing():
    auto = Framing("auto")
    for calls in ((), (b"\x16",), (b"GET /",)):
        state = begin(auto, auto.feed_calls(*calls))
        assert auto.recognised(state) == "explicit"
        assert state.messages == len(calls)
    state = auto.feed(State(), b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")
    assert not LIBRARY.framing_obeys(auto.struct, state)


@pytest.mark.parametrize("text", ("call", "off", "line", "line>call", "packet(4)", "skip(4)>tls"))
def test_others_do_not(text):
    framing = Framing(text)
    assert not LIBRARY.framing_obeys(framing.struct, State())


def test_what_an_upgrade_left_to_calls_does_not_either():
    framing = Framing("http1")
    state = framing.feed(State(), b"CONNECT a.example:22 HTTP/1.1\r\n\r\nSSH-2.0-OpenSSH\r\n")
    assert framing.recognised(state) == "call"
    assert not LIBRARY.framing_obeys(framing.struct, state)


def test_a_stage_of_it_is_one_message():
    framing = Framing("explicit>packet(1)")
    state = begin(framing, State())
    framing.feed(state, b"abc")
    end(framing, state)
    framing.feed(state, b"\2a")
    assert (state.messages, state.inside, state.left) == (1, True, 1)
    assert not LIBRARY.framing_obeys(framing.struct, state)
