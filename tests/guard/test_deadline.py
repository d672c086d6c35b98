"""A message that is still incomplete after its deadline is poisoned at the next write, and no other."""

import os
import time

from .guarded import each, guarded
from .streams import drain, events, finish, is_clean, pair, refuses, tear

FRAME = b"\0\0\0\x0ctwelve bytes"


def let_pass(seconds=0.004):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        os.sched_yield()


@guarded(FRAMING="packet(4)", DEADLINE="1ms")
def test_a_paused_message_is_refused_its_rest():
    writer, peer = pair()
    assert writer.send(FRAME) == len(FRAME)
    assert drain(peer) == FRAME
    assert writer.send(FRAME[:6]) == 6
    let_pass()
    assert refuses(writer, FRAME[6:])
    assert drain(peer) == FRAME[:6]
    poisoned, = events("poisoned")
    assert poisoned["verdict"] == "deadline"
    assert poisoned["cut"] == "pause"
    assert (poisoned["sent"], poisoned["length"]) == (6, 16)


@each("policy", ("resume", "strict"))
@guarded(DEADLINE="1ms", POLICY="{policy}")
def test_a_cut_message_is_refused_its_rest(policy):
    writer, peer = pair()
    rest = tear(writer)
    let_pass()
    assert refuses(writer, rest)
    assert events("poisoned")[0]["verdict"] == "deadline"


@guarded(FRAMING="packet(4)", DEADLINE="1h")
def test_within_the_deadline_nothing_happens():
    writer, peer = pair()
    for part in (FRAME[:2], FRAME[2:9], FRAME[9:] + FRAME[:5], FRAME[5:]):
        assert writer.send(part) == len(part)
    assert drain(peer) == FRAME * 2
    finish(writer, peer, tear(writer, b"\0\4\0\0" + bytes(4 << 16)))
    assert writer.send(FRAME) == len(FRAME)
    assert not events("poisoned")


@guarded(FRAMING="packet(4)", DEADLINE="1ms")
def test_no_time_passes_between_messages():
    writer, peer = pair()
    for _ in range(5):
        assert writer.send(FRAME) == len(FRAME)
        let_pass()
    assert drain(peer) == FRAME * 5
    assert not events()


@guarded(FRAMING="packet(4)", DEADLINE="100ms")
def test_every_message_has_a_clock_of_its_own():
    """Each write ends one message and begins the next: never at a boundary, never too long in one message."""
    while not each_in_time():
        pass


def each_in_time():
    """False if the machine was too busy to be in time."""
    writer, peer = pair()
    begin = time.monotonic()
    assert writer.send(FRAME[:6]) == 6
    for _ in range(4):
        let_pass(0.03)
        before = time.monotonic()
        refused = refuses(writer, FRAME[6:] + FRAME[:6])
        if time.monotonic() - begin > 0.09:
            return False
        assert not refused
        begin = before
    return True


@guarded(FRAMING="packet(4)", DEADLINE="1ms")
def test_the_first_write_after_a_pause_at_zero_bytes_begins_a_message():
    writer, peer = pair()
    writer.setblocking(False)
    while not is_full(writer):
        pass
    let_pass()
    drain(peer)
    assert writer.send(FRAME[:5]) == 5
    assert not events()


def is_full(writer):
    try:
        return writer.send(FRAME) != len(FRAME)
    except BlockingIOError:
        return True


@guarded(DEADLINE="1ms")
def test_a_deadline_leaves_a_clean_stream_alone():
    writer, peer = pair()
    assert is_clean(writer, peer)
    let_pass()
    assert is_clean(writer, peer)
