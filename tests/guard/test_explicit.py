"""A program that says where its messages begin and end."""

import errno
import os
import signal
import threading

from .acts import tcp_pair
from .api import CLEAN, INSIDE, NONE, OFF, POISONED, TORN, abandon, begin, end, put, state
from .guarded import each, guarded
from .streams import drain, events, finish, in_child, pair, refuses, tear, unguarded_libc

EXPLICIT = ("explicit", "auto")


def begun():
    """Inside a message of which three bytes were sent."""
    writer, peer = pair()
    assert begin(writer) == 0
    put(writer, b"abc")
    return writer, peer


def poisoned_by(verdict):
    event, = events("poisoned")
    return event["verdict"] == verdict


@each("framing", EXPLICIT)
@guarded(FRAMING="{framing}")
def test_a_message_is_what_lies_between_begin_and_end(framing):
    writer, peer = begun()
    put(writer, b"de")
    assert state(writer) == INSIDE
    assert end(writer) == 0
    assert state(writer) == CLEAN
    assert begin(writer) == 0
    put(writer, b"f")
    assert end(writer) == 0
    assert drain(peer) == b"abcdef"
    writer.close()
    ended, = events()
    assert (ended["event"], ended["message"], ended["framing"]) == ("ended", 2, "explicit")


@each("framing", EXPLICIT)
@guarded(FRAMING="{framing}")
def test_a_message_may_begin_between_calls(framing):
    writer, peer = pair()
    for _ in range(2):
        put(writer, b"call")
        assert begin(writer) == 0
        put(writer, b"abc")
        assert state(writer) == INSIDE
        assert end(writer) == 0
        assert state(writer) == CLEAN
    assert drain(peer) == b"callabc" * 2


@each("framing", EXPLICIT)
@guarded(FRAMING="{framing}")
def test_none_begins_inside_another(framing):
    writer, peer = begun()
    assert begin(writer) == errno.EPIPE
    assert state(writer) == POISONED
    assert refuses(writer, b"de")
    assert end(writer) == errno.EPIPE
    assert begin(writer) == errno.EPIPE
    assert drain(peer) == b"abc"
    assert poisoned_by("not-ended")
    assert events("poisoned")[0]["sent"] == 3


@each("framing", EXPLICIT)
@guarded(FRAMING="{framing}")
def test_none_begins_before_the_rest_of_a_cut_one(framing):
    writer, peer = pair()
    assert begin(writer) == 0
    tear(writer)
    assert state(writer) == TORN
    assert begin(writer) == errno.EPIPE
    assert poisoned_by("not-ended")


@each("framing", EXPLICIT)
@guarded(FRAMING="{framing}")
def test_the_rest_of_a_cut_write_is_carried_on(framing):
    writer, peer = pair()
    assert begin(writer) == 0
    put(writer, b"head")
    rest = tear(writer, bytes(range(256)) * 1024)
    assert finish(writer, peer, rest)
    assert state(writer) == INSIDE
    put(writer, b"foot")
    assert end(writer) == 0
    assert state(writer) == CLEAN
    assert not events("poisoned")


@guarded(FRAMING="explicit")
def test_something_else_is_not_the_rest_though_it_begins_alike():
    """The window is that of a framing, not the 16 bytes of a call."""
    writer, peer = pair()
    assert begin(writer) == 0
    rest = tear(writer)
    drain(peer)
    assert refuses(writer, rest[:1000] + b"!" + rest[1001:])
    assert poisoned_by("not-the-rest")


@guarded(FRAMING="explicit")
def test_what_cut_the_message_before_does_not_count():
    writer, peer = pair()
    assert begin(writer) == 0
    finish(writer, peer, tear(writer))
    assert end(writer) == 0
    assert begin(writer) == 0
    put(writer, b"abc")
    assert begin(writer) == errno.EPIPE
    assert events("poisoned")[0]["cut"] == "pause"


@guarded(FRAMING="explicit", SIGPIPE="1")
def test_there_is_no_signal():
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGPIPE])
    writer, peer = begun()
    assert begin(writer) == end(writer) == abandon(writer) == errno.EPIPE
    assert not signal.sigpending()
    assert refuses(writer)
    assert signal.sigpending() == {signal.SIGPIPE}


@guarded(FRAMING="explicit")
def test_a_message_does_not_end_before_its_rest_was_sent():
    writer, peer = pair()
    assert begin(writer) == 0
    rest = tear(writer)
    assert end(writer) == errno.EPIPE
    drain(peer)
    assert refuses(writer, rest)
    assert poisoned_by("not-sent")


@guarded(FRAMING="explicit")
def test_a_message_of_no_bytes_never_was():
    writer, peer = pair()
    for _ in range(3):
        assert begin(writer) == 0
    assert end(writer) == 0
    assert end(writer) == 0
    assert begin(writer) == 0
    assert abandon(writer) == 0
    assert begin(writer) == 0
    put(writer, b"abc")
    assert end(writer) == 0
    writer.close()
    assert [(event["event"], event["message"]) for event in events()] == [("ended", 1)]


@guarded(FRAMING="explicit")
def test_a_first_write_that_the_kernel_refused_is_no_cut():
    writer, peer = pair()
    tear_whole(writer)
    assert begin(writer) == 0
    assert not refuses(writer, b"a message")
    assert state(writer) == CLEAN
    assert begin(writer) == 0
    drain(peer)
    put(writer, b"another")
    assert end(writer) == 0
    assert not events("poisoned")


def tear_whole(writer):
    """Fills the buffer, with whole messages."""
    writer.setblocking(False)
    try:
        while True:
            put(writer, b"x")
    except BlockingIOError:
        pass


@guarded(FRAMING="explicit")
def test_what_was_given_up_is_poisoned():
    writer, peer = begun()
    assert abandon(writer) == errno.EPIPE
    assert refuses(writer, b"de")
    assert abandon(writer) == errno.EPIPE
    assert poisoned_by("given-up")


@guarded(FRAMING="explicit")
def test_to_end_or_to_give_up_what_was_not_begun_does_nothing():
    writer, peer = pair()
    assert end(writer) == abandon(writer) == 0
    rest = tear(writer)
    assert end(writer) == abandon(writer) == 0
    finish(writer, peer, rest)
    assert state(writer) == CLEAN


@guarded(FRAMING="explicit")
def test_outside_of_messages_a_call_is_one():
    writer, peer = pair()
    put(writer, b"greeting")
    assert state(writer) == CLEAN
    tear(writer)
    assert state(writer) == TORN
    assert refuses(writer)
    assert poisoned_by("not-the-rest")


@guarded(FRAMING="explicit")
def test_none_begins_before_the_rest_of_a_call_outside():
    writer, peer = pair()
    tear(writer)
    assert begin(writer) == errno.EPIPE
    assert poisoned_by("not-ended")


@guarded(FRAMING="explicit")
def test_a_whole_message_that_is_not_ended_is_closed_inside():
    writer, peer = begun()
    writer.close()
    assert [event["event"] for event in events()] == ["closed"]


@guarded(FRAMING="explicit", DEADLINE="1ms")
def test_a_message_that_pauses_is_over_its_deadline():
    writer, peer = begun()
    drain(peer)
    while not refuses(writer, b"d"):
        drain(peer)
    assert poisoned_by("deadline")


@guarded(FRAMING="line>explicit")
def test_what_comes_once_in_front_is_no_message_of_the_programs():
    writer, peer = pair()
    assert begin(writer) == 0
    put(writer, b"hel")
    assert begin(writer) == 0
    put(writer, b"lo\n")
    assert begin(writer) == 0
    put(writer, b"abc")
    assert begin(writer) == errno.EPIPE


@guarded(FRAMING="explicit>line")
def test_the_first_message_may_be_the_programs():
    writer, peer = begun()
    assert end(writer) == 0
    put(writer, b"abc")
    assert begin(writer) == 0, "the framing decides now"
    assert end(writer) == 0
    assert state(writer) == INSIDE


@each("framing", ("call", "line", "packet(1)"))
@guarded(FRAMING="{framing}")
def test_every_other_framing_knows_better(framing):
    writer, peer = pair()
    assert begin(writer) == 0
    put(writer, b"\1")
    before = state(writer)
    assert begin(writer) == 0
    assert abandon(writer) == 0
    assert end(writer) == 0
    assert state(writer) == before
    assert before == (CLEAN if framing == "call" else INSIDE)


@guarded(FRAMING="call")
def test_of_a_poisoned_connection_every_framing_says_so():
    writer, peer = pair()
    tear(writer)
    assert begin(writer) == 0
    assert refuses(writer)
    assert begin(writer) == end(writer) == abandon(writer) == errno.EPIPE
    assert [event["offered"] for event in events("refused")] == [None], "only begin is a refusal"


@guarded()
def test_a_protocol_that_was_recognised_knows_better():
    writer, peer = pair()
    hello = b"\x16\3\1\0\x50\1\0\0\x4c" + bytes(76)
    put(writer, hello[:20])
    assert state(writer) == INSIDE
    assert begin(writer) == 0
    assert end(writer) == 0
    assert state(writer) == INSIDE
    put(writer, hello[20:])
    assert state(writer) == CLEAN


@guarded(FRAMING="explicit")
def test_a_duplicate_is_the_same_connection():
    writer, peer = begun()
    copy = os.dup(writer.fileno())
    assert state(copy) == INSIDE
    assert end(copy) == 0
    assert state(writer) == CLEAN
    assert begin(writer) == 0
    put(writer, b"abc")
    assert begin(copy) == errno.EPIPE
    assert state(writer) == POISONED


@guarded(FRAMING="explicit")
def test_a_message_whose_thread_has_gone_is_inside():
    writer, peer = pair()

    def leave():
        assert begin(writer) == 0
        put(writer, b"abc")
    thread = threading.Thread(target=leave)
    thread.start()
    thread.join()
    assert state(writer) == INSIDE
    assert begin(writer) == errno.EPIPE


@guarded(FRAMING="explicit")
def test_a_forked_child_has_what_its_parent_began():
    writer, peer = begun()

    def child():
        assert state(writer) == INSIDE
        assert begin(writer) == errno.EPIPE
        assert state(writer) == POISONED
    in_child(child)
    assert state(writer) == INSIDE
    assert end(writer) == 0


@guarded(FRAMING="explicit")
def test_a_number_that_is_another_connection_by_now_is_clean():
    """Closed and made anew where no hook sees it."""
    fresh, other = pair()
    writer, peer = pair()
    assert begin(writer) == 0
    tear(writer)
    fd = writer.detach()
    assert unguarded_libc.dup2(fresh.fileno(), fd) == fd
    assert state(fd) == CLEAN
    assert begin(fd) == 0
    put(fd, b"abc")
    assert end(fd) == 0
    assert drain(other) == b"abc"


@guarded(FRAMING="explicit")
def test_what_is_not_guarded_is_nothing():
    read, write = os.pipe()
    for fd in (read, write, -1, 1 << 20, 2**31 - 1, 1000):
        assert (state(fd), begin(fd), end(fd), abandon(fd)) == (NONE, 0, 0, 0)


@guarded(FRAMING="packet(4)")
def test_a_connection_whose_framing_is_lost_is_off():
    writer, peer = pair()
    put(writer, b"\0\0\0\1a")
    assert state(writer) == CLEAN
    libc_dup_onto_stdin(writer)
    assert state(writer) == OFF
    assert (begin(writer), end(writer)) == (0, 0)


def libc_dup_onto_stdin(writer):
    """Where nobody is guarded."""
    os.dup2(writer.fileno(), 0)


@guarded(FRAMING="explicit", MODE="audit")
def test_audit_refuses_nothing():
    writer, peer = begun()
    assert begin(writer) == 0
    assert state(writer) == OFF
    put(writer, b"de")
    assert end(writer) == 0
    event, = events("poisoned")
    assert (event["verdict"], event["audit"]) == ("not-ended", True)


@guarded(FRAMING="explicit")
def test_bytes_that_went_past_the_guard_forbid_a_verdict():
    writer, peer = tcp_pair()
    assert begin(writer) == 0
    put(writer, b"abc")
    assert unguarded_libc.send(writer.fileno(), b"past", 4, 0) == 4
    assert begin(writer) == 0
    assert state(writer) == OFF


def write_in_a_thread(writer, data):
    """Returns once it is in the kernel: some of it was sent, and no room is left."""
    thread = threading.Thread(target=lambda: put(writer, data))
    thread.start()
    while state(writer) != INSIDE:
        os.sched_yield()
    return thread


@guarded(FRAMING="explicit")
def test_a_connection_that_a_thread_is_writing_to_is_inside():
    writer, peer = pair()
    thread = write_in_a_thread(writer, bytes(1 << 20))
    assert state(writer) == INSIDE
    read(peer, 1 << 20)
    thread.join()
    assert state(writer) == CLEAN


@guarded(FRAMING="explicit")
def test_begin_waits_for_another_threads_write():
    writer, peer = pair()
    begun_at = []

    def begin_next():
        assert begin(writer) == 0
        begun_at.append(True)
        put(writer, b"next")
        assert end(writer) == 0
    first = write_in_a_thread(writer, bytes(1 << 20))
    second = threading.Thread(target=begin_next)
    second.start()
    assert not begun_at
    assert read(peer, (1 << 20) + 4)[-4:] == b"next"
    first.join()
    second.join()
    assert state(writer) == CLEAN


@guarded(FRAMING="explicit")
def test_begin_without_waiting_is_told_to_try_again():
    writer, peer = pair()
    thread = write_in_a_thread(writer, bytes(1 << 20))
    writer.setblocking(False)
    assert begin(writer) == errno.EAGAIN
    writer.setblocking(True)
    read(peer, 1 << 20)
    thread.join()
    assert begin(writer) == 0


def read(peer, length):
    data = b""
    while len(data) < length:
        data += peer.recv(length - len(data))
    return data


@guarded(FRAMING="explicit")
def test_two_threads_without_a_lock_of_their_own_are_found_out():
    """The second message would begin inside the first."""
    writer, peer = begun()
    found = []
    thread = threading.Thread(target=lambda: found.append(begin(writer)))
    thread.start()
    thread.join()
    assert found == [errno.EPIPE]
