"""WebSocket: what belongs to a message, whose frames are masked, and what proves that a message was given up."""

import pytest

from framing.library import Framing, message_length

KEY = b"\1\2\3\4"
FIN, RSV1, CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG = 0x80, 0x40, 0, 1, 2, 8, 9, 10


def frame(first, payload=b"", masked=True):
    return bytes([first, len(payload) | masked << 7]) + (KEY if masked else b"") + payload


def fed(data, server=False, frames=False):
    framing = Framing("websocket", server)
    framing.set_unit(frames)
    return framing, framing.feed_pieces(data)


BEGUN = frame(TEXT, b"one") + frame(CONTINUATION, b"two")


@pytest.mark.parametrize("server", (False, True), ids=("client", "server"))
@pytest.mark.parametrize("first", (TEXT, BINARY, FIN | TEXT, FIN | RSV1 | TEXT, RSV1 | BINARY))
def test_a_data_frame_between_fragments_begins_another_message(first, server):
    framing, state = fed(frame(TEXT, b"one", not server) + frame(FIN | PING, b"", not server), server)
    assert state.watch
    assert framing.abandons(state, frame(first, b"other", not server))


@pytest.mark.parametrize("first", (CONTINUATION, FIN, FIN | PING, FIN | PONG, FIN | CLOSE))
def test_fragments_and_control_frames_prove_nothing(first):
    framing, state = fed(BEGUN)
    assert not framing.abandons(state, frame(first, b"ab"))


@pytest.mark.parametrize("offered", (
    b"", frame(FIN | TEXT)[:1], frame(FIN | TEXT, b"abc", masked=False), frame(FIN | 3), frame(FIN | 0x20 | TEXT)))
def test_what_is_no_data_frame_of_this_side_proves_nothing(offered):
    framing, state = fed(BEGUN)
    assert not framing.abandons(state, offered)


@pytest.mark.parametrize("sent", (b"", frame(FIN | TEXT, b"abc"), frame(FIN | PING), BEGUN + frame(FIN)))
def test_nothing_is_proven_behind_a_whole_message(sent):
    framing, state = fed(sent)
    assert (state.inside, state.watch) == (False, False)
    assert not framing.abandons(state, frame(FIN | TEXT))


def test_nothing_is_proven_inside_of_a_frame():
    for cut in range(1, len(frame(CONTINUATION, b"two"))):
        framing, state = fed(frame(TEXT, b"one") + frame(CONTINUATION, b"two")[:cut])
        assert not framing.abandons(state, frame(FIN | TEXT)), cut


def test_every_frame_is_a_message_if_the_unit_is_one():
    _, state = fed(BEGUN + frame(FIN | PING) + frame(FIN), frames=True)
    assert (state.messages, state.inside, state.watch) == (4, False, False)
    _, state = fed(BEGUN, frames=True)
    assert (state.inside, state.watch) == (False, False)


def test_a_control_frame_between_fragments_is_part_of_the_message():
    _, state = fed(BEGUN + frame(FIN | PING, b"?"))
    assert (state.messages, state.inside, state.sent) == (0, True, len(BEGUN) + 7)


def test_of_a_refused_message_only_the_rest_of_the_frame_must_come():
    framing, state = fed(BEGUN)
    assert framing.first_boundary(state, frame(FIN, b"three")) == 0
    framing, state = fed(BEGUN + frame(FIN, b"three")[:4])
    assert framing.first_boundary(state, frame(FIN, b"three")[4:] + frame(FIN | PING)) == 7


@pytest.mark.parametrize("length", ((1 << 16) - 1, 1 << 16, (1 << 63) - 15))
def test_long_frames_are_measured(length):
    header = bytes([FIN | BINARY]) + (b"\xfe" + length.to_bytes(2, "big") if length < 1 << 16 else
                                      b"\xff" + length.to_bytes(8, "big")) + KEY
    _, state = fed(header)
    assert message_length(state) == len(header) + length


@pytest.mark.parametrize("length", ((1 << 63) - 14, 1 << 63))
def test_no_frame_is_longer_than_the_largest_offset(length):
    _, state = fed(bytes([FIN | BINARY]) + b"\xff" + length.to_bytes(8, "big") + KEY)
    assert state.desync


def test_a_client_by_default_may_be_a_server():
    _, state = fed(frame(FIN | TEXT, b"abc", masked=False) * 2)
    assert (state.desync, state.messages) == (False, 2)


def test_a_limit_is_for_the_whole_frame():
    for limit, lost in ((16, True), (17, False)):
        framing = Framing("websocket")
        framing.set_max(limit)
        assert framing.feed_pieces(frame(FIN | TEXT, b"a" * 11)).desync == lost
