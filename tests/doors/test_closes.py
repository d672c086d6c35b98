"""Each call that ends an fd number, or half of a connection, ends the stream, and says so inside a message."""

import fcntl
import os
import socket

from guard.guarded import each, guarded
from guard.streams import events, is_clean, is_guarded, libc, pair, refuses, tear

from .calls import call, doors

HIGH = 50


def number_alone(door, fd):
    call(door, fd)


def range_of_one(door, fd):
    call(door, fd, fd, 0)


def all_from(door, fd):
    """By then it is the highest."""
    libc.closefrom(fd)


CLOSES = {"close": number_alone, "__close": number_alone, "close_range": range_of_one, "closefrom": all_from,
          "syscall:close": number_alone, "syscall:close_range": range_of_one}


def torn_at_the_top():
    """A torn stream with a number above all others, and the peer."""
    writer, peer = pair()
    high = fcntl.fcntl(writer, fcntl.F_DUPFD, HIGH)
    writer.close()
    tear(high)
    return high, peer


@each("door", doors(CLOSES))
@guarded()
def test_closing_a_number_ends_its_stream(door):
    high, peer = torn_at_the_top()
    CLOSES[door](door, high)
    assert [event["fd"] for event in events("closed")] == [high]
    new, new_peer = pair()
    os.dup2(new.fileno(), high)
    assert is_clean(high, new_peer)
    assert is_guarded(high)


@each("door", doors(["close_range", "syscall:close_range"]))
@guarded()
def test_a_range_that_is_only_marked_ends_nothing(door):
    high, peer = torn_at_the_top()
    call(door, high, HIGH + 10, 4)
    assert not events("closed")
    assert not os.get_inheritable(high)
    assert refuses(high)


@each("door", doors(["close_range", "syscall:close_range"]))
@guarded()
def test_a_range_ends_every_stream_in_it_and_no_other(door):
    (first, _), (second, _), (third, _) = torn = [torn_at_the_top() for _ in range(3)]
    call(door, first, second, 0)
    assert sorted(event["fd"] for event in events("closed")) == [first, second]
    assert refuses(third), torn


@each("door", doors(["close", "syscall:close"]))
@guarded()
def test_a_close_that_fails_is_the_kernels_answer(door):
    try:
        call(door, 999)
        raise AssertionError("closed")
    except OSError as error:
        assert error.errno == 9


@each("door", doors(("shutdown", "syscall:shutdown")))
@guarded()
def test_a_half_close_inside_a_message_is_said(door):
    writer, peer = pair()
    tear(writer)
    call(door, writer.fileno(), socket.SHUT_WR)
    assert [event["fd"] for event in events("closed")] == [writer.fileno()]
