"""A new connection on an old fd number: whatever was said of the old one, and however it went away, it is innocent."""

import itertools
import os
import socket

from machine import SYSTEM_CALLS

from . import libc


def closed(stream):
    stream.close()
    stream.connect()


def closed_unseen(stream):
    for fd in stream.open:
        libc.raw(SYSTEM_CALLS["close"], fd, 0, 0, 0)
    stream.connect()


def closed_and_created_unseen(stream):
    for fd in stream.open:
        libc.raw(SYSTEM_CALLS["close"], fd, 0, 0, 0)
    pair = (libc.ctypes.c_int * 2)()
    assert not libc.raw(SYSTEM_CALLS["socketpair"], socket.AF_UNIX, socket.SOCK_STREAM, 0, libc.ctypes.addressof(pair))
    stream.open = list(pair)
    stream.writer, stream.peer = pair
    stream.begin()


def replaced(stream, dup=libc.dup2):
    new, peer = stream.transport.pair(stream.random)
    assert dup(new, stream.writer) == stream.writer
    os.close(new)
    os.close(stream.peer)
    stream.open = [fd for fd in stream.open if fd not in (stream.peer,)] + [peer]
    stream.peer = peer
    stream.begin()


def replaced_unseen(stream):
    replaced(stream, lambda old, new: libc.raw(SYSTEM_CALLS["dup3"], old, new, 0, 0))


SEEN, UNSEEN = (closed, replaced), (closed_unseen, closed_and_created_unseen, replaced_unseen)


def leave_torn(case):
    case.cut([case.data])


def leave_poisoned(case):
    rest = case.cut([case.data])
    if rest:
        case.finish(bytes([rest[0] ^ 0x55]))


def leave_inside(case):
    """Inside a message, and nothing was refused."""
    if case.offset:
        case.stream.deliver(case.data[:case.offset])


def is_innocent(case, leave, again):
    """A refused first message may be replaced by another, which goes through."""
    old = case.stream.writer
    leave(case)
    again(case.stream)
    assert case.stream.writer == old, "the driver meant to reuse the number"
    first, other = case.sample.messages[0], case.sample.other
    case.stream.deliver(first, 0, case.error())
    if case.random.random() < 0.5:
        case.stream.deliver(other)
        case.check_peer(other)
    else:
        case.stream.deliver(first)
        case.stream.deliver(other)
        case.check_peer(first + other)


def early_offset(case):
    """Inside the first message that has an inside."""
    ends = list(itertools.accumulate(map(len, case.sample.messages)))
    return next(case.random.randint(end - len(message) + 1, end - 1)
                for message, end in zip(case.sample.messages, ends) if len(message) > 1)


def is_guarded(case, leave, again):
    """It is a stream like any other: cut in its first message, it is poisoned by another."""
    leave(case)
    again(case.stream)
    case.offset = early_offset(case)
    rest = case.cut(list(case.sample.messages))
    case.give_up(bytes([rest[0] ^ 0x55]))
