"""STOMP: how a body ends, what stands between frames, what proves that a frame was given up."""

import pytest

from framing.library import Framing, message_length

from .recorders import stomp

SEND = b"SEND\ndestination:/queue/a\n"


def fed(data):
    framing = Framing("stomp")
    return framing, framing.feed_pieces(data)


LENGTHS = {
    "as usual": b"content-length:4\n",
    "with white space": b"content-length : 4 \n",
    "with the line ends of 1.2": b"content-length:4\r\n",
    "with zeros": b"content-length:004\n",
    "twice": b"content-length:4\ncontent-length:1\n",
    "first a shorter one": b"content-length:4\na:b\ncontent-length:none\n",
    "behind another that begins alike": b"content-type:5\ncontent-length-x:7\ncontent-length:4\n",
}


@pytest.mark.parametrize("length", LENGTHS.values(), ids=LENGTHS)
@pytest.mark.parametrize("end", (b"\n", b"\r\n"), ids=("LF", "CR LF"))
def test_the_first_length_counts(length, end):
    frame = b"SEND" + end + b"destination:a" + end + length + end + b"\0\n\n\0" + b"\0"
    framing = Framing("stomp")
    for cut in range(2 * len(frame)):
        state = framing.feed_pieces(2 * frame, [cut])
        assert (state.desync, state.inside, state.messages) == (False, False, 2), cut
    assert message_length(framing.feed_pieces(frame[:-5])) == len(frame)


@pytest.mark.parametrize("body", (b"", b"text", b"\n", b"SEND\n\n", b"content-length:1\n\n", b"\r\n\x16"))
@pytest.mark.parametrize("head", (SEND + b"\n", b"SEND\r\na:b\r\n\r\n", b"DISCONNECT\n\n", SEND + b"content:5\n\n"))
def test_without_a_length_a_body_has_no_nul(head, body):
    frame = head + body + b"\0"
    assert Framing("stomp").boundaries(2 * frame) == [len(frame), 2 * len(frame)]
    assert message_length(fed(frame[:-1])[1]) == 0


@pytest.mark.parametrize("server", (False, True))
@pytest.mark.parametrize("command", stomp.COMMANDS)
def test_a_frame_of_every_command_is_a_message_on_both_sides(command, server):
    frame = command + b"\na:b\n\n\0"
    assert Framing("stomp", server).boundaries(2 * frame) == [len(frame), 2 * len(frame)]


def test_line_ends_between_frames_are_messages():
    frame = SEND + b"\n\0"
    assert Framing("stomp").boundaries(b"\n\r\n" + frame + b"\n\n" + frame + b"\r\n") == [1, 3, 31, 32, 33, 61, 63]
    assert Framing("stomp").first_boundary(Framing("stomp").state(), b"\n" + SEND) == 1


def test_tls_may_begin_at_a_boundary():
    assert Framing("stomp").recognised(fed(b"\n\x16\3\1\0\4\1\0\0\0")[1]) == "tls"


@pytest.mark.parametrize("frame", (
    SEND + b"\n" + 72 * b"x" + b"\0", SEND + b"content-length:54\n\n" + 54 * b"x" + b"\0",
    SEND + b"a:" + 69 * b"x" + b"\n\n\0"))
def test_a_limit_holds_for_the_whole_frame(frame):
    framing = Framing("stomp")
    framing.set_max(len(frame) - 1)
    assert framing.feed_pieces(frame).desync
    framing.set_max(len(frame))
    assert not framing.feed_pieces(frame).desync


def test_a_length_that_is_too_large_is_seen_before_the_body():
    framing = Framing("stomp")
    framing.set_max(1000)
    assert framing.feed_pieces(SEND + b"content-length:1000\n\n").desync


@pytest.mark.parametrize("sent", (b"SEND\n", b"SEND\r\n", SEND))
@pytest.mark.parametrize("command", stomp.COMMANDS)
@pytest.mark.parametrize("end", (b"\n", b"\r\n"))
def test_a_command_between_header_lines_begins_another_frame(sent, command, end):
    framing, state = fed(sent)
    assert framing.abandons(state, command + end + b"a:b")
    assert stomp.proves(sent, command + end + b"a:b")


@pytest.mark.parametrize("offered", (
    b"a:b\n", b"\n\0", b"\r\n", b"SEND", b"SEND\r", b"SEND:\n", b"SEND \n", b"SENDS\n", b"ACKS:1\n", b"UNSUBSCRIBE:\n",
    b"UNSUBSCRIBED\n", b"SEN\n", b"send\n", b"X" * 64))
def test_what_may_be_a_header_line_proves_nothing(offered):
    framing, state = fed(SEND)
    assert state.watch
    assert not framing.abandons(state, offered)
    assert not stomp.proves(SEND, offered)


@pytest.mark.parametrize("sent", (
    b"", b"SEN", b"SEND", b"SEND\r", b"SEND\na", SEND[:-1], SEND + b"\r", SEND + b"\n", SEND + b"\nline\n",
    SEND + b"content-length:9\n\n", SEND + b"content-length:9\n\nline\n", SEND + b"\n\0", b"\n"))
def test_nothing_proves_that_anything_else_was_given_up(sent):
    framing, state = fed(sent)
    assert not state.watch
    assert not framing.abandons(state, SEND)
    assert not stomp.proves(sent, SEND)
