"""Policy strict: an interruption inside a message poisons, resumed or not; flow control does not."""

import os
import signal
import socket

from .guarded import each, guarded
from .streams import MESSAGE, drain, events, finish, is_clean, pair, refuses, send_timeout, tear


def cut_by_timeout(writer):
    send_timeout(writer, 2000)
    return os.write(writer.fileno(), MESSAGE)


def cut_by_signal(writer):
    """The timer goes on until one signal finds the write blocked."""
    signal.signal(signal.SIGUSR1, lambda *_: None)
    signal.signal(signal.SIGALRM, lambda *_: None)
    signal.setitimer(signal.ITIMER_REAL, 0.002, 0.002)
    count = os.write(writer.fileno(), MESSAGE)
    signal.setitimer(signal.ITIMER_REAL, 0)
    return count


def cut_by_fullness(writer):
    writer.setblocking(False)
    return os.write(writer.fileno(), MESSAGE)


def cut_by_dontwait(writer):
    return writer.send(MESSAGE, socket.MSG_DONTWAIT)


INTERRUPTIONS = {"timeout": cut_by_timeout, "signal": cut_by_signal}
FLOW_CONTROL = {"non-blocking": cut_by_fullness, "MSG_DONTWAIT": cut_by_dontwait}


def cut_and_finish(cut):
    """Cuts a message and goes on with exactly the rest; false if that is refused."""
    writer, peer = pair()
    count = cut(writer)
    assert 0 < count < len(MESSAGE)
    rest = MESSAGE[count:]
    writer.setblocking(False)
    if refuses(writer, rest[:1]):
        assert refuses(writer, rest)
        assert drain(peer) == MESSAGE[:count]
        return False
    got = drain(peer)
    taken = len(got) - count
    assert got + finish(writer, peer, rest[taken:]) == MESSAGE
    return is_clean(writer, peer)


@each("interruption", INTERRUPTIONS)
@guarded(POLICY="strict")
def test_strict_refuses_even_the_rest_after(interruption):
    assert cut_and_finish(INTERRUPTIONS[interruption]) is False
    poisoned, = events("poisoned")
    assert poisoned["verdict"] == "strict"
    assert poisoned["cut"] in (interruption, "timeout-or-signal")


@each("interruption", INTERRUPTIONS)
@guarded(POLICY="resume")
def test_resume_accepts_the_rest_after(interruption):
    assert cut_and_finish(INTERRUPTIONS[interruption])
    assert not events("poisoned")
    assert events("torn")[0]["cut"] in (interruption, "timeout-or-signal")


@each("flow", FLOW_CONTROL)
@each("policy", ("strict", "resume"))
@guarded(POLICY="{policy}")
def test_flow_control_is_no_interruption(flow, policy):
    assert cut_and_finish(FLOW_CONTROL[flow])
    assert not events("poisoned")
    assert events("torn")[0]["cut"] == "would-block"


@guarded(POLICY="strict")
def test_strict_accepts_a_timeout_between_messages():
    writer, peer = pair()
    while True:
        try:
            assert writer.send(b"whole" * 100, socket.MSG_DONTWAIT) == 500
        except BlockingIOError:
            break
    send_timeout(writer, 2000)
    for message in (b"one", b"another"):
        try:
            writer.send(message)
        except BlockingIOError:
            pass
    assert is_clean(writer, peer)
    assert not events()


@guarded(POLICY="strict")
def test_strict_refuses_what_is_not_the_rest_after_flow_control():
    writer, peer = pair()
    tear(writer)
    assert refuses(writer)
    poisoned, = events("poisoned")
    assert poisoned["verdict"] == "not-the-rest"
