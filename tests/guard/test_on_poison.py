"""The program's callback is told of every connection that is poisoned, once, and may do what a signal handler may."""

import os
import socket
import threading

from .api import abandon, begin, on_poison, put, state, POISONED
from .guarded import each, guarded
from .streams import drain, events, libc, pair, refuses, send_timeout, tear
from .faults import raw, repeat_signal


def told():
    calls = []
    on_poison(lambda fd, why: calls.append((fd, why.decode())))
    return calls


@guarded()
def test_it_is_told_once_with_the_verdict_of_the_log():
    calls = told()
    writer, peer = pair()
    tear(writer)
    assert not calls
    for _ in range(3):
        assert refuses(writer)
    assert calls == [(writer.fileno(), "not-the-rest")]
    assert events("poisoned")[0]["verdict"] == "not-the-rest"


@guarded(POLICY="strict")
def test_it_is_told_of_a_cut_call():
    calls = told()
    writer, peer = pair()
    send_timeout(writer, 2000)
    assert raw(writer, bytes(1 << 20)) > 0
    assert calls == [(writer.fileno(), "strict")]


@guarded(FRAMING="packet(4),desync=poison,max=1k")
def test_it_is_told_of_a_lost_framing():
    calls = told()
    writer, peer = pair()
    put(writer, b"GET / HTTP/1.1")
    assert calls == [(writer.fileno(), "desync")]


@guarded(FRAMING="packet(4)", POLICY="strict")
def test_it_is_told_of_a_wait_in_vain():
    calls = told()
    writer, peer = pair()
    put(writer, b"\0\0\0\5ab")
    import select
    fill(writer)
    poll = select.poll()
    poll.register(writer, select.POLLOUT)
    assert poll.poll(1) == []
    assert calls == [(writer.fileno(), "strict")]


def fill(writer):
    """With no byte of it counted: the message stands where it stood."""
    unseen = os.dup(writer.fileno())
    from .streams import unguarded_libc
    while unguarded_libc.send(unseen, bytes(4096), 4096, socket.MSG_DONTWAIT) > 0:
        pass


@guarded(FRAMING="explicit")
def test_it_is_told_of_a_message_that_was_given_up():
    calls = told()
    writer, peer = pair()
    assert begin(writer) == 0
    put(writer, b"abc")
    assert abandon(writer) != 0
    assert calls == [(writer.fileno(), "given-up")]


@guarded()
def test_the_last_one_counts_and_none_is_none():
    first, second = told(), told()
    for number in range(2):
        writer, peer = pair()
        tear(writer)
        assert refuses(writer)
        libc.poisonshim_on_poison(None)
    assert not first
    assert len(second) == 1


@guarded()
def test_it_comes_after_the_line_in_the_log():
    lines = []
    on_poison(lambda fd, why: lines.append(len(events("poisoned"))))
    writer, peer = pair()
    tear(writer)
    assert refuses(writer)
    assert lines == [1]


@guarded()
def test_it_may_close_the_connection():
    on_poison(lambda fd, why: os.close(fd))
    writer, peer = pair()
    rest = tear(writer)
    assert refuses(writer)
    fd = writer.detach()
    fresh, other = pair()
    assert fresh.fileno() == fd
    put(fresh, b"clean")
    assert drain(other) == b"clean"
    assert len(drain(peer)) + len(rest) == 6 + 256 * 1024


@guarded()
def test_it_may_write_to_this_connection_and_to_others():
    seen = []
    good, there = pair()

    def callback(fd, why):
        seen.append((refuses(fd), state(fd)))
        put(good, why)
    on_poison(callback)
    writer, peer = pair()
    tear(writer)
    assert refuses(writer)
    assert seen == [(True, POISONED)]
    assert drain(there) == b"not-the-rest"


@guarded()
def test_it_may_poison_another():
    calls = []
    other, there = pair()
    tear(other)

    def callback(fd, why):
        calls.append(fd)
        if fd != other.fileno():
            assert refuses(other)
    on_poison(callback)
    writer, peer = pair()
    tear(writer)
    assert refuses(writer)
    assert calls == [writer.fileno(), other.fileno()]


@guarded()
def test_another_thread_may_have_the_connection_meanwhile():
    """No lock of ours is held: a thread that the callback waits for gets its answer."""
    answers = []
    writer, peer = pair()

    def callback(fd, why):
        thread = threading.Thread(target=lambda: answers.append(refuses(fd)))
        thread.start()
        thread.join()
    on_poison(callback)
    tear(writer)
    assert refuses(writer)
    assert answers == [True]


@guarded(MODE="audit")
def test_what_is_only_watched_is_not_told():
    calls = told()
    writer, peer = pair()
    tear(writer)
    assert not refuses(writer)
    assert not calls
