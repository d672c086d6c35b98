"""Waits for a stream to become writable that end in vain: inside a message policy strict takes that for an
interruption, and policy resume for what cut the message, should the program abandon it."""

import os
import select
import signal
import socket
import threading

from .guarded import each, guarded
from .streams import drain, events, finish, refuses, system_call
from .waiting import (ENDINGS, INSIDE, MESSAGE, NAMES, POLL_NAMES, STALE, WITH_MASK, be_interrupted_at_once, clean,
                      full_stream, open_, time_out, torn, wait)

WRITE = select.POLLOUT
READ = select.POLLIN


def goes_on(writer, peer, rest):
    """The rest goes through, and nobody has noticed anything."""
    drain(peer)
    assert finish(writer, peer, rest) == rest
    assert not events("poisoned")
    return True


@each("ending", ENDINGS)
@each("inside", INSIDE)
@each("name", NAMES)
@guarded(POLICY="strict", FRAMING="packet(4)")
def test_strict_poisons_when_a_wait_ends_inside_a_message(name, inside, ending):
    writer, peer, rest = full_stream(INSIDE[inside])
    bystander, other, more = full_stream(torn)
    ENDINGS[ending](name, (writer, WRITE))
    poisoned, = events("poisoned")
    assert (poisoned["verdict"], poisoned["cut"], poisoned["fd"]) == ("strict", ending, writer.fileno())
    assert poisoned["sent"] == len(MESSAGE) - len(rest)
    assert refuses(writer, rest[:1])
    ENDINGS[ending](name, (writer, WRITE))
    assert len(events("poisoned")) == 1
    assert drain(peer) == MESSAGE[:-len(rest)]
    drain(other)
    assert finish(bystander, other, more) == more


@each("ending", ENDINGS)
@each("name", NAMES)
@guarded(FRAMING="packet(4)")
def test_resume_remembers_what_ended_the_wait(name, ending):
    writer, peer, rest = full_stream(torn)
    ENDINGS[ending](name, (writer, WRITE))
    assert not events("poisoned")
    drain(peer)
    assert refuses(writer, b"another message")
    poisoned, = events("poisoned")
    assert (poisoned["verdict"], poisoned["cut"]) == ("not-the-rest", ending)


@guarded(FRAMING="packet(4)")
def test_resume_has_nothing_to_remember_of_a_message_that_was_not_cut():
    (writer, _peer, _rest), _another = full_stream(open_), full_stream(torn)
    time_out("poll", (writer, WRITE))
    writer.close()
    closed, = events("closed")
    assert closed["cut"] is None


@each("ending", ENDINGS)
@each("inside", INSIDE)
@guarded(FRAMING="packet(4)")
def test_resume_accepts_the_rest_after_any_wait(inside, ending):
    for name in NAMES:
        writer, peer, rest = full_stream(INSIDE[inside])
        ENDINGS[ending](name, (writer, WRITE))
        assert goes_on(writer, peer, rest), name
    assert all(event["event"] in ("torn", "resumed", "ended") for event in events())


@guarded(FRAMING="packet(4)")
def test_resume_forgets_the_wait_when_the_message_is_cut_again():
    writer, peer, rest = full_stream(torn)
    time_out("poll", (writer, WRITE))
    drain(peer)
    assert 0 < os.write(writer.fileno(), rest) < len(rest)
    assert refuses(writer, b"another message")
    assert events("poisoned")[0]["cut"] == "would-block"


@each("ending", ENDINGS)
@each("name", NAMES)
@guarded(POLICY="strict", FRAMING="packet(4)")
def test_strict_minds_no_wait(name, ending):
    end = ENDINGS[ending]
    writer, peer, rest = full_stream(clean)
    end(name, (writer, WRITE))
    assert goes_on(writer, peer, rest), "between messages"

    writer, peer, rest = full_stream(torn)
    end(name, (writer, READ))
    end(name)
    assert goes_on(writer, peer, rest), "for others or for reading"

    ours, theirs = socket.socketpair(type=socket.SOCK_DGRAM)
    ours.setblocking(False)
    try:
        while True:
            ours.send(b"datagram")
    except BlockingIOError:
        pass
    end(name, (ours, WRITE))


@each("name", NAMES)
@guarded(POLICY="strict", FRAMING="packet(4)")
def test_strict_minds_no_look_that_does_not_wait(name):
    writer, peer, rest = full_stream(torn)
    assert wait(name, (writer, WRITE), milliseconds=0)[0] == 0
    if name in WITH_MASK:
        be_interrupted_at_once(name, (writer, WRITE))
    assert goes_on(writer, peer, rest)


@each("name", NAMES)
@guarded(POLICY="strict", FRAMING="packet(4)")
def test_strict_minds_no_wait_that_something_else_ended(name):
    writer, peer, rest = full_stream(torn)
    ready, _ = socket.socketpair()
    assert wait(name, (writer, WRITE), (ready, WRITE))[0] == 1
    assert goes_on(writer, peer, rest)


@guarded(POLICY="strict", FRAMING="packet(4)")
def test_strict_takes_epoll_for_flow_control():
    writer, peer, rest = full_stream(torn)
    with select.epoll() as epoll:
        epoll.register(writer, select.EPOLLOUT)
        assert epoll.poll(0.003) == []
    assert goes_on(writer, peer, rest)


@each("ending", ENDINGS)
@guarded(POLICY="strict", FRAMING="packet(4)")
def test_strict_poisons_every_stream_that_was_waited_for(ending):
    for name in NAMES:
        streams = [full_stream(fill) for fill in (torn, clean, *INSIDE.values())]
        others = [(-1, WRITE)] if "poll" in name else []
        ENDINGS[ending](name, *others, *((writer, WRITE) for writer, _, _ in streams))
        assert [refuses(writer, rest[:1]) for writer, _, rest in streams] == [True, False, True, True], name


@each("ending", ENDINGS)
@guarded(POLICY="strict", FRAMING="packet(4)")
def test_strict_poisons_those_of_many_that_were_inside_a_message(ending):
    for name in POLL_NAMES:
        streams = [full_stream(fill) for fill in (torn, clean) * 5]
        ENDINGS[ending](name, *((writer, WRITE) for writer, _, _ in streams))
        assert [refuses(writer, rest[:1]) for writer, _, rest in streams] == [True, False] * 5, name


@guarded(FRAMING="packet(4)")
def test_a_poll_of_many_answers_as_the_kernel_does_whatever_is_among_them():
    pairs = [socket.socketpair() for _ in range(4)]
    for ours, _ in pairs[:2]:
        ours.sendall(b"\0\0\0\4four")
    gone = os.dup(pairs[0][0].fileno())
    os.close(gone)
    file = os.open("/dev/null", os.O_WRONLY)
    asks = [*((ours, WRITE) for ours, _ in pairs), *((theirs, READ) for _, theirs in pairs), (-1, WRITE), (gone, WRITE),
            (file, WRITE), (1 << 20, READ)]
    ready = 4 + 2 + 1 + 1 + 1  # to write to, to read from, POLLNVAL, a file, POLLNVAL
    for name in POLL_NAMES:
        assert wait(name, *asks) == (ready, STALE)
    assert not events("poisoned")


@each("name", NAMES)
@guarded(POLICY="strict", FRAMING="packet(4)", MODE="audit")
def test_audit_only_says_that_strict_would_poison(name):
    writer, peer, rest = full_stream(torn)
    time_out(name, (writer, WRITE))
    drain(peer)
    assert finish(writer, peer, rest) == rest
    poisoned, = events("poisoned")
    assert poisoned["audit"] and poisoned["verdict"] == "strict"


@guarded(POLICY="strict", FRAMING="packet(4)")
def test_a_number_that_was_reused_unseen_is_innocent():
    for name in NAMES:
        writer, peer, _ = full_stream(torn)
        innocent, theirs = socket.socketpair()
        innocent.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 8192)
        innocent.setblocking(False)
        try:
            while True:
                system_call("write", innocent.fileno(), b"whole", 5)
        except BlockingIOError:
            pass
        system_call("dup3", innocent.fileno(), writer.fileno(), 0)
        time_out(name, (writer, WRITE))
        drain(theirs)
        assert not refuses(writer, b"\0\0\0\1a")
    assert not events("poisoned")


@each("policy", ("strict", "resume"))
@guarded(POLICY="{policy}", FRAMING="packet(4)")
def test_a_stream_that_another_thread_writes_to_is_not_interrupted(policy):
    writer, peer, rest = full_stream(open_)
    writer.setblocking(True)
    thread = threading.Thread(target=writer.sendall, args=[rest])
    signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGALRM])
    thread.start()
    signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGALRM])
    await_asleep(thread)
    for name in NAMES:
        for end in ENDINGS.values():
            end(name, (writer, WRITE))
    got = b""
    while len(got) < len(MESSAGE):
        got += peer.recv(1 << 16)
    thread.join()
    assert got == MESSAGE
    assert not events()


def await_asleep(thread):
    """It has nowhere to sleep but in its write."""
    while True:
        with open(f"/proc/self/task/{thread.native_id}/stat", encoding="ascii") as stat:
            if stat.read().rsplit(")", 1)[1].split()[0] == "S":
                return
        os.sched_yield()


@guarded()
def test_what_cut_a_message_stays_the_same_when_the_flags_change():
    writer, peer, rest = full_stream(torn)
    assert refuses(writer, b"another message")
    os.set_blocking(writer.fileno(), True)
    assert refuses(writer, b"another message")
    assert [event["cut"] for event in (*events("poisoned"), *events("refused"))] == ["would-block", "would-block"]
