"""A write that was refused before its first byte, at a message boundary, leaves no trace: anything may follow."""

import ctypes
import os
import select
import signal
import socket
import struct

from .api import CLEAN, INSIDE, put, state
from .guarded import each, guarded
from .streams import drain, events, finish, libc, number, pair, refuses, send_timeout, tear
from .test_kinds import open_tcp

FRAMES = {"call": b"a whole one!", "packet(4)": b"\0\0\0\x08a whole!", "line": b"one line...\n", "fixed(12)": b"twelve bytes",
          "auto": b"a whole one!"}
OTHER = {"call": b"and another!", "packet(4)": b"\0\0\0\x08another.", "line": b"two lines..\n", "fixed(12)": b"or another12",
         "auto": b"and another!"}


def fill(writer, frame):
    """Whole messages until not one byte more fits."""
    sent = 0
    while True:
        try:
            count = writer.send(frame, socket.MSG_DONTWAIT)
        except BlockingIOError:
            return sent
        assert count == len(frame)
        sent += 1


@each("framing", FRAMES)
@guarded(FRAMING="{framing}")
def test_another_message_may_follow_eagain(framing):
    writer, peer = pair()
    sent = fill(writer, FRAMES[framing])
    for other in (OTHER[framing], OTHER[framing] * 2, FRAMES[framing][:5], b"", b"x" * 5000):
        try:
            writer.send(other, socket.MSG_DONTWAIT)
        except BlockingIOError:
            pass
    assert drain(peer) == FRAMES[framing] * sent
    assert writer.send(OTHER[framing]) == len(OTHER[framing])
    assert drain(peer) == OTHER[framing]
    assert not events()


@each("framing", FRAMES)
@guarded(FRAMING="{framing}")
def test_another_message_may_follow_a_timeout(framing):
    writer, peer = pair()
    fill(writer, FRAMES[framing])
    send_timeout(writer, 1000)
    assert not refuses(writer, OTHER[framing])
    assert not refuses(writer, FRAMES[framing])
    drain(peer)
    assert writer.send(OTHER[framing]) == len(OTHER[framing])
    assert not events()


@guarded()
def test_the_wakeup_socket_of_cpython():
    """A byte for each signal, from C, each another one, into a socket that nobody reads."""
    writer, peer = pair()
    writer.setblocking(False)
    signal.set_wakeup_fd(writer.fileno(), warn_on_full_buffer=False)
    numbers = [signal.SIGUSR1, signal.SIGUSR2, signal.SIGWINCH, signal.SIGHUP]
    for number in numbers:
        signal.signal(number, lambda *_: None)
    sent = 0
    while True:
        for number in numbers:
            signal.raise_signal(number)
        sent += len(numbers)
        if not is_writable(writer):
            break
    for number in numbers * 5:
        signal.raise_signal(number)
    got = drain(peer)
    assert got and (bytes(numbers) * sent).startswith(got)
    for number in reversed(numbers):
        signal.raise_signal(number)
    assert drain(peer) == bytes(reversed(numbers))
    assert not events()


def is_writable(sock):
    return bool(select.select([], [sock], [], 0)[1])


@each("offers", (1, 2, 5))
@guarded(FRAMING="packet(4)")
def test_inside_a_message_eagain_keeps_the_rest(offers):
    writer, peer = pair()
    message = b"\0\4\0\0" + bytes(range(256)) * 1024
    rest = tear(writer, message)
    for _ in range(offers):
        try:
            rest = rest[os.write(writer.fileno(), rest[:100]):]
        except BlockingIOError:
            pass
    got = drain(peer) + finish(writer, peer, rest)
    assert got == message
    assert writer.send(FRAMES["packet(4)"]) == 12
    assert not events("poisoned")
    assert len(events("torn")) == len(events("resumed")) == 1


@guarded(FRAMING="packet(4)")
def test_a_cut_piece_of_a_message_that_went_after_all_is_resumed_though_the_message_goes_on():
    writer, peer = pair()
    message = b"\0\4\0\0" + bytes(range(256)) * 1024
    got = finish(writer, peer, tear(writer, message[:100000]))
    assert state(writer) == INSIDE
    assert len(events("torn")) == len(events("resumed")) == 1
    got += finish(writer, peer, message[100000:])
    assert got == message and state(writer) == CLEAN
    assert not events("poisoned")


@each("framing", ("call", "packet(4)"))
@guarded(FRAMING="{framing}")
def test_what_was_cut_again_and_again_over_tcp_is_still_refused_when_it_is_left(framing):
    """The kernel counts what it took; another sum would say that bytes had gone past the guard."""
    writer, peer = open_tcp()
    rest = tear(writer, struct.pack(">I", 32 << 20) + bytes(32 << 20))
    for _ in range(5):
        while not select.select([], [writer], [], 0)[1]:
            drain(peer)
        rest = rest[os.write(writer, rest):]
        assert rest
    assert refuses(writer) and events("poisoned")


def taken_at_once(message):
    """How much of it a non-blocking write takes."""
    writer, peer = pair()
    rest = tear(writer, message)
    assert len(drain(peer)) == len(message) - len(rest)
    return len(message) - len(rest)


@each("cuts", (1, 2, 3))
@guarded(FRAMING="packet(4)")
def test_behind_a_cut_message_another_may_follow_than_was_offered(cuts):
    length = cuts * taken_at_once(bytes(1 << 20)) + 100
    message = struct.pack(">I", length - 4) + bytes(length - 4)
    writer, peer = pair()
    rest, got = tear(writer, message + OTHER["packet(4)"] * 100), b""
    for _ in range(cuts - 1):
        got += drain(peer)
        rest = rest[os.write(writer.fileno(), rest):]
    got += drain(peer)
    assert 0 < length - len(got) < 4096
    assert os.write(writer.fileno(), message[len(got):] + FRAMES["packet(4)"]) == length - len(got) + 12
    assert got + drain(peer) == message + FRAMES["packet(4)"]
    assert not events("poisoned")


# A message in three pieces; the second alone would be one.
MATRYOSHKA = b"\0\0\0\x10", b"\0\0\0\x04body", b"the rest"


@guarded(FRAMING="packet(4)")
def test_inside_a_message_what_looks_like_another_is_none():
    writer, peer = pair()
    *pieces, last = MATRYOSHKA
    for piece in pieces:
        put(writer, piece)
        assert state(writer) == INSIDE
    put(writer, last)
    assert state(writer) == CLEAN
    assert drain(peer) == b"".join(MATRYOSHKA)


@each("framing", FRAMES)
@each("size, result", [(0, 0), (2 ** 64 - 1, -1)])
@guarded(FRAMING="{framing}")
def test_a_write_of_nothing_is_no_message(framing, size, result):
    """The kernel refuses as many bytes as -1 is, if it is taken for a size."""
    writer, peer = pair()
    put(writer, FRAMES[framing])
    for _ in range(2):
        assert libc.write(number(writer), FRAMES[framing], ctypes.c_size_t(size)) == result
    assert state(writer) == CLEAN
    assert drain(peer) == FRAMES[framing]
    writer.close()
    ended, = events()
    assert (ended["event"], ended["message"]) == ("ended", 1)


@each("framing", FRAMES)
@guarded(FRAMING="{framing}")
def test_pieces_of_nothing_are_no_messages(framing):
    writer, peer = pair()
    frame = memoryview(FRAMES[framing])
    assert os.writev(number(writer), [frame[:0], frame[len(frame):]]) == 0
    for write in (os.writev, lambda fd, pieces: writer.sendmsg(pieces)):
        assert write(number(writer), [frame[:0], frame, frame[len(frame):]]) == len(frame)
        assert write(number(writer), [frame[len(frame):], frame[len(frame):]]) == 0
    assert state(writer) == CLEAN
    assert drain(peer) == FRAMES[framing] * 2
    writer.close()
    ended, = events()
    assert (ended["event"], ended["message"]) == ("ended", 2)


@guarded(FRAMING="packet(4)")
def test_inside_a_message_eagain_forgets_nothing():
    writer, peer = pair()
    rest = tear(writer, b"\0\4\0\0" + bytes(range(256)) * 1024)
    for _ in range(3):
        try:
            rest = rest[os.write(writer.fileno(), rest[:100]):]
        except BlockingIOError:
            pass
    assert refuses(writer, FRAMES["packet(4)"])


@guarded(FRAMING="packet(4)")
def test_the_kernel_gets_the_last_word_on_a_broken_connection():
    """EPIPE and ECONNRESET of its own: nothing of ours in the log but what was cut."""
    writer, peer = pair()
    peer.close()
    for data in (b"", FRAMES["packet(4)"], b"\0\0"):
        try:
            writer.send(data)
        except BrokenPipeError:
            pass
    assert not events()
