"""Framing `auto` says what the first bytes of a stream are, the same in every split."""

import pytest

from .library import Framing, State, message_length
from .openings import OPENINGS, recognise
from .samples import HTTP2, PREFACE, RECOGNISED, SAMPLES, SETTINGS, SIGNATURE, TLS, name

AUTO = Framing("auto")

CLIENT_HELLO = b"\x16\3\1\2\0\1\0\1\xfc\3\3"
FALSE_FRIENDS = {
    "an HTTP/1 request that begins like a preface": b"PRI * HTTP/1.1\r\nHost: a\r\n\r\n",
    "a handshake record that is no hello": b"\x16\3\3\0\4\x0b\0\0\0",
    "a record longer than any": b"\x16\3\1\x41\0\1\0\0\0",
    "a record of SSL 2": b"\x16\2\0\0\4\1\0\0\0",
    "an alert of another length": b"\x15\3\3\0\3\1\0\0",
    "application data": b"\x17\3\3\0\2ab",
    "four zero bytes behind their length": b"\0\0\0\4\0\0\0\0",
    "four zero bytes behind their length, twice": b"\0\0\0\4\0\0\0\0" * 3,
    "four zero bytes behind their length, then zeros": b"\0\0\0\4\0\0\0\0\0\0\0\0\0\0\0\0\0\0",
    "SETTINGS of 7 bytes": b"\0\0\7\4\0\0\0\0\0\0\3\0\0\0\1\0",
    "SETTINGS of 258 bytes": b"\0\1\2\4\0\0\0\0\0" + bytes(258),
    "an acknowledgement first": b"\0\0\0\4\1\0\0\0\0" * 3,
    "SETTINGS on a stream": b"\0\0\6\4\0\0\0\0\1\0\3\0\0\0\1",
    "SETTINGS with an unlikely number": b"\0\0\6\4\0\0\0\0\0\1\3\0\0\0\1",
    "a ZMTP signature without its end": b"\xff" + bytes(8) + b"\x7e\3",
    "a long ZMTP 1 routing id": b"\xff\1" + bytes(7) + b"\x7f",
    "MP3": b"\xff\xfb\x90\x64" + bytes(20),
    "a zero byte": b"\0a",
    "P": b"Px",
}


@pytest.mark.parametrize("text, stream", RECOGNISED, ids=map(name, RECOGNISED))
def test_the_state_is_that_of_the_protocol_in_every_split(text, stream):
    protocol = Framing(text)
    expected = protocol.feed(State(), stream)
    for cut in range(len(stream) + 1):
        for state in (AUTO.feed_calls(stream[:cut], stream[cut:]), AUTO.feed_pieces(stream, [cut])):
            assert AUTO.recognised(state) == text
            state.parser = 0
            assert state.seen() == expected.seen(), cut
            assert state.messages == expected.messages, cut


@pytest.mark.parametrize("text, stream", SAMPLES, ids=map(name, SAMPLES))
def test_what_is_recognised_grows_with_the_bytes_and_never_changes(text, stream):
    state = State()
    for end in range(1, len(stream) + 1):
        AUTO.feed(state, stream[end - 1:end])
        assert AUTO.recognised(state) == recognise(stream[:end])
        assert AUTO.is_call(state) == (AUTO.recognised(state) == "call")
        assert AUTO.recognised(AUTO.feed(State(), stream[:end])) == AUTO.recognised(state)


@pytest.mark.parametrize("stream", FALSE_FRIENDS.values(), ids=FALSE_FRIENDS)
def test_what_only_looks_like_a_protocol_is_calls(stream):
    for cut in range(len(stream) + 1):
        state = AUTO.feed_calls(stream[:cut], stream[cut:])
        assert AUTO.recognised(state) in ("call", "auto"), cut
        assert (state.inside, state.desync) == (False, False)
        assert state.messages == (2 if 0 < cut < len(stream) else 1)


@pytest.mark.parametrize("protocol, side, opening", OPENINGS)
def test_one_byte_that_does_not_fit_makes_it_calls(protocol, side, opening):
    stream = bytes(max(allowed) for allowed in opening)
    assert recognise(stream) == protocol, side
    for at, allowed in enumerate(opening):
        for byte in {0, 255, min(allowed) - 1, max(allowed) + 1} - set(allowed) - {-1, 256}:
            other = stream[:at] + bytes([byte]) + stream[at + 1:]
            assert AUTO.recognised(AUTO.feed(State(), other)) == recognise(other)


def test_once_calls_always_calls():
    state = AUTO.feed_calls(b"hello", TLS, PREFACE, SETTINGS, SIGNATURE)
    assert (AUTO.recognised(state), state.messages) == ("call", 5)


def test_until_it_is_known_a_call_is_a_message():
    state = AUTO.feed(State(), CLIENT_HELLO[:3], offered=517)
    assert (AUTO.recognised(state), state.inside, message_length(state)) == ("auto", True, 517)
    assert not AUTO.feed_calls(CLIENT_HELLO[:3]).inside


def test_a_record_in_several_calls_is_one_message():
    state = AUTO.feed_calls(CLIENT_HELLO[:5], CLIENT_HELLO[5:])
    assert (AUTO.recognised(state), state.inside, state.messages) == ("tls", True, 0)
    assert (state.sent, message_length(state)) == (len(CLIENT_HELLO), 517)


def test_the_rest_of_a_message_that_is_not_known_yet_ends_where_the_protocol_says():
    record = CLIENT_HELLO + bytes(517 - len(CLIENT_HELLO))
    for cut in range(1, len(CLIENT_HELLO)):
        state = AUTO.feed(State(), record[:cut], offered=600)
        assert AUTO.first_boundary(state, record[cut:] + b"\x14\3\3\0\1\1") == 517 - cut


def test_a_call_that_holds_two_messages_may_be_cut_between_them():
    settings = bytes.fromhex("000000040000000000")
    state = AUTO.feed(State(), settings, offered=len(settings + HTTP2))
    assert state.inside
    assert AUTO.first_boundary(state, HTTP2) == 0
    AUTO.feed(state, HTTP2[:9])
    assert (AUTO.recognised(state), state.inside, state.messages) == ("http2", False, 2)


@pytest.mark.parametrize("text", ["packet(4)", "line", "tls", "call", r"delimiter(\r\n)",
                                  "length-field(offset=1,max=64M)"])
def test_other_framings_are_called_as_they_are_written(text):
    framing = Framing(text + ",action=abort")
    assert (framing.recognised(State()), framing.is_call(State())) == (text, text == "call")


def test_a_long_name_is_cut():
    text = "delimiter(" + "|".join(["abcdefghijklmnop"] * 6) + ")"
    assert Framing(text).recognised(State()) == text[:76] + "..."
