"""What is special to AMQP 0-9-1: channels with content between each other, and what proves a content given up."""

import struct

import pika.frame
import pytest
from pika import spec

from framing.library import Framing

from .recorders.amqp import FIRST, TEXT, deliver, interleaved, marshaled, publish

AMQP = Framing("amqp")
HEARTBEAT = pika.frame.Heartbeat().marshal()


def content(channel=1, body=TEXT, frame_max=20):
    return marshaled(frame_max, (channel, publish("key"), body))


def fed(*pieces):
    return AMQP.feed_pieces(FIRST + b"".join(pieces))


def method(channel, method):
    return marshaled(0, (channel, method))[0]


ANOTHER = {
    "another publish": content()[0],
    "an acknowledgement": method(1, spec.Basic.Ack(1)),
    "a declaration": method(1, spec.Queue.Declare(queue="q")),
    "a commit": method(1, spec.Tx.Commit()),
    "confirm.select": method(1, spec.Confirm.Select()),
    "behind a heartbeat": HEARTBEAT + content()[0],
    "behind another channel's method": method(2, spec.Basic.Ack(1)) + content()[0],
    "behind another channel's content": b"".join(content(2, b"x")[1:]) + content()[0],
}

NO_PROOF = {
    "channel.close": method(1, spec.Channel.Close(200, "", 0, 0)),
    "channel.close-ok": method(1, spec.Channel.CloseOk()),
    "channel.flow-ok": method(1, spec.Channel.FlowOk(True)),
    "connection.close": method(0, spec.Connection.Close(200, "", 0, 0)),
    "another channel": content(2)[0],
    "a channel whose number has the same low byte": content(0x101)[0],
    "a heartbeat": HEARTBEAT,
    "a heartbeat, then too little": HEARTBEAT + content()[0][:10],
    "a method of which too little is there": content()[0][:10],
    "a method with an unknown class": b"\1\0\1\0\0\0\5\1\x3c\0\x28\0\xce",
    "a method with a class behind the last": b"\1\0\1\0\0\0\5\0\x79\0\x28\0\xce",
    "a method that is too short": b"\1\0\1\0\0\0\3\0\x3c\0\xce\0",
    "a body": content()[2],
    "the channel's body, then a method": content()[2] + content()[0],
    "behind no frame": b"\x08\0\0\0\0\0\0\0" + content()[0],
    "nothing known": TEXT,
}


@pytest.mark.parametrize("frames", [1, 2, 3])
@pytest.mark.parametrize("offered", ANOTHER.values(), ids=ANOTHER)
def test_a_method_inside_the_content_of_its_channel_is_proof(frames, offered):
    state = fed(*content()[:frames])
    assert (state.inside, state.left) == (True, 0)
    assert AMQP.abandons(state, offered)


@pytest.mark.parametrize("offered", NO_PROOF.values(), ids=NO_PROOF)
def test_what_is_no_proof(offered):
    assert not AMQP.abandons(fed(*content()[:2]), offered)


def test_no_proof_inside_a_frame():
    data = b"".join(content()[:3])
    ends = {len(b"".join(content()[:n])) for n in range(1, 4)}
    for cut in set(range(1, len(data))) - ends:
        assert not AMQP.abandons(fed(data[:cut]), content()[0]), cut


def test_no_proof_when_every_frame_is_a_message():
    by_frame = Framing("amqp")
    by_frame.set_unit(True)
    state = by_frame.feed_pieces(FIRST + b"".join(content()[:2]))
    assert (state.inside, state.watch, state.messages) == (False, False, 3)


def test_proof_for_each_channel_that_has_content():
    state = fed(*content(5)[:2], *content(6)[:1], *content(7))
    assert AMQP.abandons(state, content(5)[0])
    assert AMQP.abandons(state, content(6)[0])
    assert not AMQP.abandons(state, content(7)[0])


def test_between_the_frames_of_a_content_nothing_is_known_of_the_next():
    one, two = content(1), content(2)
    for n in range(1, len(one)):
        assert AMQP.first_boundary(fed(*one[:n]), one[n] + two[0]) == 0
        assert AMQP.first_boundary(fed(*one[:n], one[n][:3]), one[n][3:] + two[0]) == len(one[n]) - 3


def test_contents_on_more_channels_than_are_followed_make_every_frame_a_message():
    firsts = [content(channel)[0] for channel in (1, 2, 3)]
    assert fed(*firsts).messages == 1
    state = fed(*firsts, content(4)[0])
    assert (state.inside, state.watch, state.messages) == (False, False, 2)
    for n, frame in enumerate(content(4)[1:] + content(1)[1:] + content(9)):
        assert not AMQP.abandons(state, content(1)[0])
        AMQP.feed(state, frame[:9])
        assert AMQP.first_boundary(state, frame[9:] + HEARTBEAT) == len(frame) - 9
        AMQP.feed(state, frame[9:])
        assert (state.inside, state.messages, state.desync) == (False, 3 + n, False)


def test_a_channel_is_followed_again_when_another_is_done():
    state = fed(*(content(channel)[0] for channel in (1, 2, 3)), *content(2)[1:], content(4)[0])
    assert state.inside
    assert AMQP.abandons(state, content(4)[0])
    AMQP.feed(state, b"".join(frame for channel in (1, 3, 4) for frame in content(channel)[1:]))
    assert (state.inside, state.messages) == (False, 2)


@pytest.mark.parametrize("size", [(1 << 32) - 1, 1 << 32, (1 << 63) + 5])
def test_a_content_of_4_gib_and_more_makes_every_frame_a_message(size):
    header = b"\2\0\1\0\0\0\x0e\0\x3c\0\0" + struct.pack(">Q", size) + b"\0\0\xce"
    state = fed(content()[0], header, pika.frame.Body(1, TEXT).marshal())
    assert (state.inside, state.watch, state.messages) == (False, False, 3)


def test_a_large_content_is_counted():
    size = (1 << 32) - 2
    header = b"\2\0\1\0\0\0\x0e\0\x3c\0\0" + struct.pack(">Q", size) + b"\0\0\xce"
    state = fed(content()[0], header)
    for part in (size - 1, 1):
        assert state.inside
        AMQP.feed(state, b"\3\0\1" + struct.pack(">I", part))
        AMQP.skip(state, part - 100, part - 100) if part > 100 else None
        AMQP.feed(state, bytes(state.left - 1) + b"\xce")
    assert (state.inside, state.messages, state.desync) == (False, 2, False)


@pytest.mark.parametrize("others", [(), (1, 2), (1, 2, 3)])
@pytest.mark.parametrize("frame", content(9)[1:3], ids=["header", "body"])
def test_content_without_its_method_is_of_no_message(others, frame):
    state = fed(*(content(channel)[0] for channel in others), frame)
    assert (state.inside, state.messages, state.desync) == (bool(others), 1 if others else 2, False)
    AMQP.feed(state, b"".join(frame for channel in others for frame in content(channel)[1:]))
    assert (state.inside, state.desync) == (False, False)


@pytest.mark.parametrize("close", [spec.Channel.Close(200, "", 0, 0), spec.Basic.Ack(1)])
def test_a_method_ends_the_content_of_its_channel(close):
    state = fed(*content()[:2], method(1, close))
    assert (state.inside, state.watch, state.messages) == (False, False, 2)


def test_another_publish_on_the_channel_begins_its_content_anew():
    state = fed(*content()[:2], *content(1, b"x"))
    assert (state.inside, state.messages) == (False, 2)


def test_the_bytes_that_say_what_follows_are_not_skipped():
    for at in range(7, 11):
        state = fed(content()[0][:at])
        assert (AMQP.skip(state, 5, 5) == 0) == (at < 11)


def test_a_server_answers_a_version_that_it_lacks_with_its_own():
    state = Framing("amqp", server=True).feed_pieces(pika.frame.ProtocolHeader().marshal())
    assert (state.inside, state.desync, state.messages) == (False, False, 1)


@pytest.mark.parametrize("server", [False, True])
def test_version_1_is_another_protocol(server):
    framing = Framing("amqp", server)
    header, frame = b"AMQP\3\1\0\0", b"\0\0\0\x08\2\1\0\0"
    for cut in range(len(header + frame)):
        state = framing.feed_pieces(header + frame, [cut])
        assert (framing.recognised(state), state.messages, state.inside) == ("amqp1", 2, False)


@pytest.mark.parametrize("header", [b"AMQP\1\1\x08\0", b"AMQP\1\1\0\x09"])
def test_older_versions_have_the_same_frames(header):
    assert AMQP.feed_pieces(header + FIRST + b"".join(content())).messages == 3


def test_a_frame_longer_than_the_limit_is_seen():
    limited = Framing("amqp")
    limited.set_max(len(FIRST))
    assert not limited.feed_pieces(FIRST + HEARTBEAT).desync
    assert limited.feed_pieces(FIRST + b"\x08\0\0" + struct.pack(">I", len(FIRST) - 7)).desync


def test_interleaved_channels_are_one_message_until_none_is_open():
    frames = interleaved([], publish("k"))
    state, insides = fed(), []
    for frame in frames:
        AMQP.feed(state, frame)
        insides.append(state.inside)
    done = frames.index(method(7, spec.Basic.Ack(2)))
    assert insides == [True] * (done - 1) + [False, False] + [True] * (len(frames) - done - 2) + [False]
